"""Who may lead a published session in place of a host who is absent."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from bookings.visits.planner.world import HostFact, Mask, is_free

_MINUTE = timedelta(minutes=1)


def stand_ins(
    hosts: Iterable[HostFact],
    *,
    skill: str,
    spoken: Collection[str],
    wanted: Collection[str],
    cells: Mask,
    length: timedelta,
) -> list[str]:
    """The hosts who can, the best first: who speaks most of what is wanted, who has most time left.

    Args:
        spoken: the languages of the classes that come; the host speaks all of them.
        wanted: the languages in which the activity is held at all.
        cells: when the session takes place.
    """
    able = [
        host
        for host in hosts
        if (not skill or skill in host.skills)
        and set(spoken) <= host.languages
        and not host.languages.isdisjoint(wanted)
        and is_free(host.free, cells)
        and host.minutes_left >= length // _MINUTE
    ]
    able.sort(key=lambda host: (-len(host.languages & set(wanted)), -host.minutes_left, host.code))
    return [host.code for host in able]
