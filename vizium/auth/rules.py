"""Who people are and what a role may do; pure."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person does here (design: domain, "Who uses it")."""

    TEACHER = "teacher"
    OFFICE = "office"
    COORDINATOR = "coordinator"
    HOST = "host"
    DESK = "desk"
    TECHNICIAN = "technician"
    METHODOLOGIST = "methodologist"
    FINANCE_A = "finance_a"
    FINANCE_B = "finance_b"
    PAYER = "payer"
    DIRECTOR = "director"
    AUDITOR = "auditor"
    ADMIN = "admin"


SCHOOL_ROLES = frozenset({Role.TEACHER, Role.OFFICE})
STAFF_ROLES = frozenset(Role) - SCHOOL_ROLES
# Checking, deciding and releasing money must be three people: no person holds two of these.
MONEY_ROLES = frozenset({Role.FINANCE_A, Role.FINANCE_B, Role.PAYER})


@dataclass(frozen=True, slots=True)
class Person:
    """A person who is signed in, or whose token was sent.

    `school` is the register number of a teacher's or office's school.
    """

    id: str
    name: str
    email: str
    roles: frozenset[Role]
    school: str | None
    language: str

    def has(self, *roles: Role) -> bool:
        """Whether the person has one of the roles."""
        return not self.roles.isdisjoint(roles)

    @property
    def is_staff(self) -> bool:
        """Whether the person works at the centre."""
        return not self.roles.isdisjoint(STAFF_ROLES)

    def is_of_school(self, register_no: str) -> bool:
        """Whether the person speaks for a school."""
        return self.school == register_no and not self.roles.isdisjoint(SCHOOL_ROLES)


def separates_duties(roles: frozenset[Role]) -> bool:
    """Whether a set of roles keeps checking, deciding and releasing with different people."""
    return len(roles & MONEY_ROLES) <= 1
