import pytest

from vizium.auth.forms import parse_sign_in, safe_path
from vizium.kernel.errors import InvalidInput
from vizium.web.forms import Form


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("", "/"),
        ("/", "/"),
        ("/staff/visits?day=2027-03-30", "/staff/visits?day=2027-03-30"),
        ("/lv/staff", "/staff"),
        ("/en", "/"),
        ("/lvov", "/lvov"),
        ("//evil.example", "/"),
        ("///evil.example", "/"),
        ("/lv//evil.example", "/"),
        ("/lv/en//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("evil.example", "/"),
        ("@evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/\r\nset-cookie: a=b", "/"),
        ("/\0", "/"),
        ("/" + "x" * 10_000, "/" + "x" * 299),
    ],
)
def test_path_to_go_to_afterwards_is_ours(asked: str, path: str) -> None:
    assert safe_path(asked) == path


def test_address_is_read_in_lower_case() -> None:
    form = Form({"email": [" Liga@Example.LV "], "next": ["/fund"]})

    assert parse_sign_in(form) == ("liga@example.lv", "/fund")


@pytest.mark.parametrize(
    ("email", "code"), [("", "missing"), ("liga", "email_form"), ("a\0b@example.lv", "email_form")]
)
def test_address_that_is_none_is_told(email: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_sign_in(Form({"email": [email]}))

    assert [(error.field, error.code) for error in refused.value.errors] == [("email", code)]
