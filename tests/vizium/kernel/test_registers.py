from collections.abc import Callable
from string import ascii_uppercase, digits

import pytest

from vizium.kernel.registers import (
    Iban,
    NumberError,
    Phone,
    format_iban,
    format_phone,
    parse_email,
    parse_iban,
    parse_phone,
    parse_registration_number,
)

# From the SWIFT registry of IBANs, and the two that Latvian banks print as examples.
IBAN_LV = "LV80BANK0000435195001"


def refusal(parse: Callable[[str], str], text: str) -> str:
    with pytest.raises(NumberError) as refused:
        parse(text)
    return refused.value.reason


@pytest.mark.parametrize(
    "text", ["4312901234", " 4312 901 234 ", "4312-901-234", "lv40003012345", "LV 4000 3012 345"]
)
def test_registration_number_of_10_or_11_digits_is_read(text: str) -> None:
    assert parse_registration_number(text) in {"4312901234", "40003012345"}


@pytest.mark.parametrize(
    "text",
    ["", "123456789", "123456789012", "431290123a", "٤٣١٢٩٠١٢٣٤", "LVLV4000301234", "1" * 10**5],
)
def test_registration_number_of_another_form_is_refused(text: str) -> None:
    assert refusal(parse_registration_number, text) == "registration_number_digits"


@pytest.mark.parametrize(
    ("text", "iban"),
    [
        (IBAN_LV, IBAN_LV),
        ("lv80 bank 0000 4351 9500 1", IBAN_LV),
        ("LV80-BANK-0000-4351-9500-1", IBAN_LV),
        ("EE382200221020145685", "EE382200221020145685"),
        ("NO9386011117947", "NO9386011117947"),
        ("MT84MALT011000012345MTLCAST001S", "MT84MALT011000012345MTLCAST001S"),
    ],
)
def test_iban_is_read_compact(text: str, iban: str) -> None:
    assert parse_iban(text) == iban


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "iban_form"),
        ("4351950001", "iban_form"),
        ("LV80BANK", "iban_form"),
        ("LV80BANK00004351950011234567890123456789", "iban_form"),
        ("LV80BANK000043519500!", "iban_form"),
        ("LV80BANK000043519500", "iban_length"),
        ("LV80BANK00004351950011", "iban_length"),
        ("LV81BANK0000435195001", "iban_check_digits"),
        ("LV80BANK0000435195010", "iban_check_digits"),
        ("LV08BANK0000435195001", "iban_check_digits"),
        (IBAN_LV + " " * 80 + "X", "iban_length"),
    ],
)
def test_iban_says_what_is_wrong_with_it(text: str, reason: str) -> None:
    assert refusal(parse_iban, text) == reason


def test_iban_with_check_digits_that_nobody_calculates_is_refused() -> None:
    """00, 01 and 99 are 97, 98 and 02 modulo 97, and no bank issues them."""
    wrong = [
        f"LV{digits}BANK{number:013d}" for digits in ("00", "01", "99") for number in range(200)
    ]

    assert {refusal(parse_iban, text) for text in wrong} == {"iban_check_digits"}


@pytest.mark.parametrize("place", range(len(IBAN_LV)))
def test_iban_with_one_mistyped_digit_or_letter_is_refused(place: int) -> None:
    alike = digits if IBAN_LV[place].isdigit() else ascii_uppercase
    mistyped = [IBAN_LV[:place] + each + IBAN_LV[place + 1 :] for each in alike]

    assert [text for text in mistyped if is_iban(text)] == [IBAN_LV]


def is_iban(text: str) -> bool:
    try:
        parse_iban(text)
    except NumberError:
        return False
    return True


def test_iban_is_shown_in_groups_of_four() -> None:
    assert format_iban(Iban(IBAN_LV)) == "LV80 BANK 0000 4351 9500 1"


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("20000001", "+37120000001"),
        ("2000 0001", "+37120000001"),
        ("+371 20 000 001", "+37120000001"),
        ("00371-20000001", "+37120000001"),
        ("(+371) 6360 0001", "+37163600001"),
        ("+44 20 7946 0000", "+442079460000"),
    ],
)
def test_phone_is_read_with_its_country(text: str, phone: str) -> None:
    assert parse_phone(text) == phone


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("+37120000001", "+371 2000 0001"), ("+442079460000", "+442079460000")],
)
def test_latvian_phone_is_shown_in_groups(phone: str, shown: str) -> None:
    assert format_phone(Phone(phone)) == shown


@pytest.mark.parametrize(
    "text", ["", "1234", "10000001", "+0123456789", "+3712000000a", "2000000１", "+" + "1" * 16]
)
def test_phone_of_another_form_is_refused(text: str) -> None:
    assert refusal(parse_phone, text) == "phone_digits"


@pytest.mark.parametrize(
    ("text", "email"),
    [
        (" skola@example.lv ", "skola@example.lv"),
        ("Anna.Ozola+x@Example.LV", "Anna.Ozola+x@example.lv"),
        ("o'neil@example.lv", "o'neil@example.lv"),
        ("āda@skola.example", "āda@skola.example"),
        ("a@xn--sko-a.example", "a@xn--sko-a.example"),
    ],
)
def test_email_is_read_with_its_domain_in_lower_case(text: str, email: str) -> None:
    assert parse_email(text) == email


@pytest.mark.parametrize(
    "text",
    [
        "",
        "skola",
        "skola@",
        "@example.lv",
        "skola@example",
        "skola@example.",
        "skola@.lv",
        "skola@example..lv",
        "a@b@example.lv",
        "a b@example.lv",
        "skola@example.lv\r\nBcc: all@example.lv",
        "skola@example.lv\nSubject: x",
        "sk\0ola@example.lv",
        "sk\x7fola@example.lv",
        "skola@example.lv\u2028x",
        "skola@exa\u200bmple.lv",
        "skola@example.lv,other@example.lv",
        "skola@example.lv;other@example.lv",
        "<skola@example.lv>",
        '"a"@example.lv',
        "skola@exa/mple.lv",
        "a" * 250 + "@example.lv",
    ],
)
def test_email_that_could_split_a_header_or_reach_nobody_is_refused(text: str) -> None:
    assert refusal(parse_email, text) == "email_form"
