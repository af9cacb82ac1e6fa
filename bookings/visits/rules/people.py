"""Who comes: pupils by grade, the adults who answer for them, the schools of a joint group."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bookings.visits.rules.policy import POLICY, PRESCHOOL, VisitPolicy
from vizium.kernel.errors import FieldError

GRADE_MAX = 12
# Those who make and change visits; words of `vizium.auth.rules.Role`.
REACHING_ROLES = frozenset({"coordinator", "desk", "admin"})
_HOST = "host"
# More than any bus convoy brings; above it somebody typed a year or a telephone number.
PUPILS_MAX = 500


@dataclass(frozen=True, slots=True)
class Group:
    """The pupils of one grade; 0 is preschool."""

    grade: int
    pupils: int


@dataclass(frozen=True, slots=True)
class Contact:
    """Who answers for the group: a teacher, never a pupil."""

    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class Party:
    """One school of a joint group: who comes from it and who answers for them."""

    school: str
    groups: tuple[Group, ...]
    adults: int
    contact: Contact


class Reach(StrEnum):
    """How far somebody may reach the person who answers for a class."""

    FULL = "full"
    PHONE = "phone"
    NAME = "name"


def reach_of(roles: Collection[str], day: date, *, today: date) -> Reach:
    """Who of the staff needs what of a contact: the least that the work asks for.

    Who changes visits has to call and write; a host has to call a class that is late, on its very
    day; everybody else needs a name to greet.
    """
    if not REACHING_ROLES.isdisjoint(roles):
        return Reach.FULL
    return Reach.PHONE if _HOST in roles and day == today else Reach.NAME


def contact_within(contact: Contact, reach: Reach) -> Contact:
    """As much of a contact as may be seen; what may not is empty."""
    if reach is Reach.FULL:
        return contact
    return Contact(contact.name, "", contact.phone if reach is Reach.PHONE else "")


def merge_groups(parties: Sequence[Party]) -> tuple[Group, ...]:
    """The pupils of all schools by grade, the youngest first."""
    pupils: dict[int, int] = {}
    for party in parties:
        for group in party.groups:
            pupils[group.grade] = pupils.get(group.grade, 0) + group.pupils
    return tuple(Group(grade, pupils[grade]) for grade in sorted(pupils))


def pupils_of(groups: Sequence[Group]) -> int:
    """All pupils of a visit."""
    return sum(group.pupils for group in groups)


def adults_needed(groups: Sequence[Group], policy: VisitPolicy = POLICY) -> int:
    """How many adults a mixed group needs: each pupil counts a share of one adult.

    5 preschoolers and 10 pupils of grade 3 need 2; 6 and 10 need 3.
    """
    ratios = (policy.pupils_per_adult(group.grade) for group in groups)
    shares = [(group.pupils, ratio) for group, ratio in zip(groups, ratios, strict=True)]
    whole = 1
    for _, ratio in shares:
        whole *= ratio
    return -(-sum(pupils * (whole // ratio) for pupils, ratio in shares) // whole)


def check_people(
    groups: Sequence[Group], adults: int, policy: VisitPolicy = POLICY
) -> list[FieldError]:
    """Whether these people can be a school group at all; every problem, not the first."""
    errors = []
    pupils = pupils_of(groups)
    if any(group.pupils < 1 for group in groups) or not groups:
        errors.append(FieldError("groups", "pupils_missing"))
    elif pupils > PUPILS_MAX:
        errors.append(FieldError("groups", "pupils_too_many", {"most": PUPILS_MAX}))
    if any(not PRESCHOOL <= group.grade <= GRADE_MAX for group in groups):
        errors.append(FieldError("groups", "grade_unknown"))
    elif len({group.grade for group in groups}) < len(groups):
        errors.append(FieldError("groups", "grade_twice"))
    if errors:
        return errors
    needed = adults_needed(groups, policy)
    if adults < needed:
        errors.append(FieldError("adults", "adults_too_few", {"needed": needed}))
    if adults > policy.adults_max:
        errors.append(FieldError("adults", "adults_too_many", {"most": policy.adults_max}))
    return errors
