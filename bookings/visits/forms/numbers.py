"""The numbers of a visit that stands: one school's, or those of every school of a joint group."""

from dataclasses import dataclass, replace

from bookings.visits.forms.people import GRADES, check_supervision, parse_adults, parse_groups
from bookings.visits.queries import PartyRow, VisitRow
from bookings.visits.rules import POLICY, Group, Party, VisitPolicy, merge_groups
from vizium.web.forms import Form


@dataclass(frozen=True, slots=True)
class Numbers:
    """Who would come; `parties` are empty where one school comes alone."""

    groups: tuple[Group, ...]
    adults: int
    parties: tuple[Party, ...]


def prefix_of(position: int) -> str:
    """What stands before the fields of a school, the leading one is 0."""
    return f"p{position + 1}" if position else ""


def numbers_form(visit: VisitRow) -> Form:
    """The page of the numbers, filled with a visit's."""
    if not visit.parties:
        return Form(_fields("", visit.groups, visit.adults))
    fields: dict[str, list[str]] = {}
    for position, party in enumerate(visit.parties):
        fields |= _fields(prefix_of(position), party.groups, party.adults)
    return Form(fields)


def parse_numbers(form: Form, visit: VisitRow, policy: VisitPolicy = POLICY) -> Numbers:
    """Who would come instead; errors are noted in the form."""
    parties = tuple(
        _party(form, prefix_of(position), party) for position, party in enumerate(visit.parties)
    )
    groups = merge_groups(parties) if parties else parse_groups(form)
    adults = sum(party.adults for party in parties) if parties else parse_adults(form)
    if not form.errors:
        check_supervision(form, groups, adults, policy)
    return Numbers(groups, adults, parties)


def number_pairs(form: Form, visit: VisitRow) -> list[tuple[str, str]]:
    """The numbers that were typed, for hidden fields."""
    prefixes = [prefix_of(position) for position in range(max(1, len(visit.parties)))]
    names = [f"{prefix}g{grade}" for prefix in prefixes for grade in GRADES]
    names += [f"{prefix}adults" for prefix in prefixes]
    return [(name, form.raw(name)) for name in names if form.raw(name).strip()]


def _party(form: Form, prefix: str, before: PartyRow) -> Party:
    standing = Party(before.school, before.groups, before.adults, before.contact)
    return replace(standing, groups=parse_groups(form, prefix), adults=parse_adults(form, prefix))


def _fields(prefix: str, groups: tuple[Group, ...], adults: int) -> dict[str, list[str]]:
    fields = {f"{prefix}g{group.grade}": [str(group.pupils)] for group in groups}
    return fields | {f"{prefix}adults": [str(adults)]}
