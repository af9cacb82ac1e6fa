import pytest

from vizium.auth.rules import MONEY_ROLES, SCHOOL_ROLES, STAFF_ROLES, Person, Role, separates_duties


def person(*roles: Role, school: str | None = None) -> Person:
    return Person("1", "Līga", "liga@example.lv", frozenset(roles), school, "lv")


def test_every_role_is_of_a_school_or_of_the_centre() -> None:
    assert set(Role) == SCHOOL_ROLES | STAFF_ROLES
    assert not SCHOOL_ROLES & STAFF_ROLES
    assert MONEY_ROLES <= STAFF_ROLES


@pytest.mark.parametrize("role", list(Role))
def test_person_works_at_the_centre_unless_a_school_sent_them(role: Role) -> None:
    assert person(role).is_staff is (role not in SCHOOL_ROLES)
    assert person(role).has(role, Role.ADMIN)
    assert not person().has(role)


def test_person_speaks_for_their_own_school_only_and_in_its_role_only() -> None:
    assert person(Role.TEACHER, school="4312901234").is_of_school("4312901234")
    assert not person(Role.TEACHER, school="4312901234").is_of_school("4312901235")
    assert not person(Role.DESK, school="4312901234").is_of_school("4312901234")
    assert not person(Role.TEACHER).is_of_school("")


@pytest.mark.parametrize(
    ("roles", "separate"),
    [
        (set(), True),
        ({Role.FINANCE_A}, True),
        ({Role.FINANCE_A, Role.ADMIN}, True),
        ({Role.FINANCE_A, Role.FINANCE_B}, False),
        ({Role.FINANCE_B, Role.PAYER}, False),
        ({Role.FINANCE_A, Role.PAYER}, False),
        (set(Role), False),
    ],
)
def test_nobody_checks_decides_or_releases_the_same_money(roles: set[Role], separate: bool) -> None:
    assert separates_duties(frozenset(roles)) is separate
