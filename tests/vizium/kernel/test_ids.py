import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from vizium.kernel.ids import (
    REFERENCE,
    digest,
    is_signed,
    new_id,
    new_reference,
    new_token,
    parse_reference,
    sign,
)

KEY = "k" * 32


def test_ids_are_ulids_of_26_characters(now: datetime) -> None:
    assert re.fullmatch(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", new_id(now))


def test_ids_sort_by_instant(now: datetime) -> None:
    made = [new_id(now + timedelta(milliseconds=number)) for number in range(100)]

    assert made == sorted(made)


def test_ids_of_one_millisecond_sort_by_the_order_they_were_made_in(now: datetime) -> None:
    made = [new_id(now) for _ in range(1000)]

    assert made == sorted(made)
    assert len(set(made)) == 1000
    assert {each[:10] for each in made} == {made[0][:10]}


def test_ids_made_by_many_threads_differ(now: datetime) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: new_id(now), range(4000)))

    assert len(set(made)) == 4000


def test_references_can_be_read_over_the_phone() -> None:
    made = {new_reference("VZ") for _ in range(500)}

    assert all(re.fullmatch(r"VZ-[2-9A-HJ-NP-Z]{6}", each) for each in made)
    assert not set("01IO") & set("".join(each[3:] for each in made))
    assert len(made) > 490


@pytest.mark.parametrize(
    "typed", ["VZ-7K3QM9", "vz-7k3qm9", "vz7k3qm9", " VZ 7K3 QM9 ", "v z-7-k-3-q-m-9"]
)
def test_parse_reference_reads_what_people_type(typed: str) -> None:
    assert parse_reference(typed) == "VZ-7K3QM9"


@pytest.mark.parametrize(
    "typed",
    ["", "VZ", "VZ-7K3QM", "VZ-7K3QM99", "VZ-0K3QM9", "12-7K3QM9", "VZ-7K3QM9'--", "ÅZ-7K3QM9"],
)
def test_parse_reference_refuses_everything_else(typed: str) -> None:
    assert parse_reference(typed) is None


@pytest.mark.parametrize("prefix", ["", "V", "vz", "VZZ", "1Z"])
def test_reference_of_a_wrong_prefix_is_a_mistake(prefix: str) -> None:
    with pytest.raises(AssertionError):
        new_reference(prefix)


def test_reference_pattern_is_what_is_made() -> None:
    assert REFERENCE.fullmatch(new_reference("CL"))


def test_tokens_differ_and_fit_into_a_cookie_and_a_path() -> None:
    tokens = {new_token() for _ in range(100)}

    assert len(tokens) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in tokens)


def test_digest_hides_the_secret_and_is_always_the_same() -> None:
    assert digest("secret") == digest("secret")
    assert digest("secret") != digest("secret ")
    assert re.fullmatch(r"[0-9a-f]{64}", digest("secret"))


def test_signature_is_good_for_its_purpose_subject_and_key_alone() -> None:
    signature = sign(KEY, "manage-visit", "VZ-7K3QM9")

    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", signature)
    assert is_signed(KEY, "manage-visit", "VZ-7K3QM9", signature=signature)
    assert not is_signed(KEY, "show-pass", "VZ-7K3QM9", signature=signature)
    assert not is_signed(KEY, "manage-visit", "VZ-7K3QM8", signature=signature)
    assert not is_signed("x" * 32, "manage-visit", "VZ-7K3QM9", signature=signature)


@pytest.mark.parametrize("signature", ["", "A" * 22, "ā", "\0", "A" * 100_000])
def test_signature_of_another_form_is_refused(signature: str) -> None:
    assert not is_signed(KEY, "manage-visit", "VZ-7K3QM9", signature=signature)


def test_purpose_and_subject_cannot_be_shifted_into_each_other() -> None:
    assert sign(KEY, "a", "bc") != sign(KEY, "ab", "c")
