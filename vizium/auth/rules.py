"""Who people are, and which desk of the staff opens to which role; pure."""

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


class Desk(StrEnum):
    """A place of the staff's work, in the order in which the overview shows them."""

    DAY = "day"
    ARRIVALS = "arrivals"
    WEEK = "week"
    REQUESTS = "requests"
    VISITS = "visits"
    WAITING = "waiting"
    COURSES = "courses"
    CLAIMS = "claims"
    PAYOUTS = "payouts"
    EXHIBITS = "exhibits"
    CATALOGUE = "catalogue"
    RESOURCES = "resources"
    TIMETABLE = "timetable"
    RULES = "rules"
    PEOPLE = "people"
    STATISTICS = "statistics"


_BOOKING = frozenset({Role.COORDINATOR, Role.DESK, Role.DIRECTOR, Role.AUDITOR, Role.ADMIN})
_MONEY = MONEY_ROLES | {Role.DIRECTOR, Role.AUDITOR, Role.ADMIN}
# Who may open a desk; what may be done there is the business of its own guards.
OPEN_TO: dict[Desk, frozenset[Role]] = {
    Desk.DAY: _BOOKING | {Role.HOST, Role.TECHNICIAN, Role.METHODOLOGIST},
    Desk.ARRIVALS: _BOOKING | {Role.HOST},
    Desk.WEEK: _BOOKING | {Role.HOST, Role.METHODOLOGIST},
    Desk.REQUESTS: frozenset({Role.COORDINATOR, Role.DIRECTOR, Role.AUDITOR, Role.ADMIN}),
    Desk.VISITS: _BOOKING | MONEY_ROLES,
    Desk.WAITING: frozenset({Role.COORDINATOR, Role.DIRECTOR, Role.AUDITOR, Role.ADMIN}),
    Desk.COURSES: frozenset(
        {Role.METHODOLOGIST, Role.COORDINATOR, Role.HOST, Role.DIRECTOR, Role.AUDITOR, Role.ADMIN}
    ),
    Desk.CLAIMS: _MONEY,
    Desk.PAYOUTS: _MONEY,
    Desk.EXHIBITS: _BOOKING | {Role.HOST, Role.TECHNICIAN},
    Desk.CATALOGUE: frozenset({Role.METHODOLOGIST, Role.DIRECTOR, Role.AUDITOR, Role.ADMIN}),
    Desk.RESOURCES: frozenset({Role.COORDINATOR, Role.DIRECTOR, Role.AUDITOR, Role.ADMIN}),
    Desk.TIMETABLE: frozenset(
        {Role.COORDINATOR, Role.METHODOLOGIST, Role.DIRECTOR, Role.AUDITOR, Role.ADMIN}
    ),
    Desk.RULES: frozenset({Role.COORDINATOR, Role.DIRECTOR, Role.AUDITOR, Role.ADMIN}),
    Desk.PEOPLE: frozenset({Role.DIRECTOR, Role.AUDITOR, Role.ADMIN}),
    Desk.STATISTICS: frozenset(
        {Role.COORDINATOR, Role.METHODOLOGIST, Role.DIRECTOR, Role.AUDITOR, Role.ADMIN}
    ),
}
# The address of a desk; most are called as the desk itself.
_ADDRESSES = {Desk.EXHIBITS: "/staff/board"}


def address_of(desk: Desk) -> str:
    """Where a desk is, without the language."""
    return _ADDRESSES.get(desk, f"/staff/{desk.value}")


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

    @property
    def desks(self) -> list[tuple[str, str]]:
        """The desks that open to the person: word and address, in order."""
        open_to = [desk for desk in Desk if self.has(*OPEN_TO[desk])]
        return [(desk.value, address_of(desk)) for desk in open_to]

    def is_of_school(self, register_no: str) -> bool:
        """Whether the person speaks for a school."""
        return self.school == register_no and not self.roles.isdisjoint(SCHOOL_ROLES)


def separates_duties(roles: frozenset[Role]) -> bool:
    """Whether a set of roles keeps checking, deciding and releasing with different people."""
    return len(roles & MONEY_ROLES) <= 1
