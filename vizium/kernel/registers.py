"""Numbers that registers issue: schools, legal entities, bank accounts, telephones.

People type them with spaces, dashes and lower case; what is stored is compact, what is shown is
grouped. A personal code is never asked for.
"""

import re
from typing import NewType

RegistrationNumber = NewType("RegistrationNumber", str)
Iban = NewType("Iban", str)
Phone = NewType("Phone", str)

_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@(?:[\w-]+\.)+[^\W\d_][\w-]+")
_IBAN_LENGTH_LV = 21
# 97 less the remainder, plus 1: what ISO 7064 calculates lies between these two.
_CHECK_DIGITS = range(2, 99)


class NumberError(ValueError):
    """The text is not such a number; `reason` is a code for the catalogue."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _compact(text: str) -> str:
    return re.sub(r"[\s.\-\u2010-\u2015]+", "", text).upper()


def parse_registration_number(text: str) -> RegistrationNumber:
    """Read a school's (10 digits) or a legal entity's (11 digits) registration number.

    Raises:
        NumberError: ``registration_number_digits``.
    """
    number = _compact(text).removeprefix("LV")
    if not re.fullmatch(r"[0-9]{10,11}", number):
        raise NumberError("registration_number_digits")
    return RegistrationNumber(number)


def parse_iban(text: str) -> Iban:
    """Read an IBAN with its check digits; a Latvian one has 21 characters.

    Raises:
        NumberError: ``iban_form``, ``iban_length`` or ``iban_check_digits``.

    Source:
        ISO 13616: letters count 10..35, the number modulo 97 is 1.
    """
    iban = _compact(text)
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", iban):
        raise NumberError("iban_form")
    if iban.startswith("LV") and len(iban) != _IBAN_LENGTH_LV:
        raise NumberError("iban_length")
    number = int("".join(str(int(letter, 36)) for letter in iban[4:] + iban[:4]))
    if number % 97 != 1 or int(iban[2:4]) not in _CHECK_DIGITS:
        raise NumberError("iban_check_digits")
    return Iban(iban)


def format_iban(iban: Iban) -> str:
    """Show an IBAN in groups of four."""
    return " ".join(iban[i : i + 4] for i in range(0, len(iban), 4))


def parse_phone(text: str) -> Phone:
    """Read a telephone number; eight digits are Latvian.

    Returns:
        E.164 with a plus: ``+37120000001``.

    Raises:
        NumberError: ``phone_digits``.
    """
    compact = re.sub(r"[()/]", "", _compact(text))
    number = "+" + compact[2:] if compact.startswith("00") else compact
    if re.fullmatch(r"[2678][0-9]{7}", number):
        number = "+371" + number
    if not re.fullmatch(r"\+[1-9][0-9]{7,14}", number):
        raise NumberError("phone_digits")
    return Phone(number)


def format_phone(phone: Phone) -> str:
    """Show a telephone number as people read it: ``+371 2000 0001``; a foreign one as it is."""
    if phone.startswith("+371") and len(phone) == len("+37120000001"):
        return f"+371 {phone[4:8]} {phone[8:]}"
    return phone


def parse_email(text: str) -> str:
    """Read a mail address: one at-sign, a domain with a dot, nothing that could split a header.

    Raises:
        NumberError: ``email_form``.
    """
    address = text.strip()
    if len(address) > 254 or not address.isprintable() or not _EMAIL.fullmatch(address):
        raise NumberError("email_form")
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"
