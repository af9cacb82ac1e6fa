import pytest

from vizium.kernel.env import parse_flag, parse_port, read
from vizium.kernel.errors import SettingsError


@pytest.mark.parametrize(
    ("environment", "port"),
    [({}, 7), ({"PORT": ""}, 7), ({"PORT": "  "}, 7), ({"PORT": " 80 "}, 80)],
)
def test_setting_that_is_missing_or_empty_has_its_default(
    environment: dict[str, str], port: int
) -> None:
    assert read(environment, "PORT", parse_port, 7, "a port") == port


def test_wrong_setting_gives_one_sentence_that_names_it() -> None:
    with pytest.raises(SettingsError) as refused:
        read({"PORT": "http"}, "PORT", parse_port, 7, "a port from 1 to 65535")

    assert str(refused.value) == "PORT is 'http' but must be a port from 1 to 65535."


@pytest.mark.parametrize("text", ["0", "65536", "-1", "80.0", "x", "1e3"])
def test_port_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_port(text)


@pytest.mark.parametrize("text", ["1", "true", "YES", "On"])
def test_flag_is_on(text: str) -> None:
    assert parse_flag(text) is True


@pytest.mark.parametrize("text", ["0", "false", "NO", "Off"])
def test_flag_is_off(text: str) -> None:
    assert parse_flag(text) is False


@pytest.mark.parametrize("text", ["2", "ja", "y es"])
def test_flag_of_another_word_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        parse_flag(text)
