"""Whole days: held as planned, refused with reasons, swapped whole or not at all, undone.

On SQLite alone: what both databases must do alike stands in `test_holds`, `test_machine` and the
races.
"""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from bookings.resources.service import ReportOutage, check_cells, report_outage
from bookings.visits.planner.difference import Change
from bookings.visits.planner.plan import Plan, StopKind
from bookings.visits.planner.replan import Replan
from bookings.visits.planner.request import Wish
from bookings.visits.planner.shape import is_same
from bookings.visits.queries import VisitRow, get_visit, list_visits
from bookings.visits.queries.rows import VisitWish
from bookings.visits.rules import Contact, Funding, Group, Party, VisitState
from bookings.visits.service import (
    ChangeVisit,
    ReplanTrigger,
    VisitCommand,
    change_visit,
    confirm_visit,
    extend_hold,
    hold_visit,
    list_affected,
    load_world,
    preview_change,
    propose_changes,
    propose_plans,
    replan_visit,
    replanned,
    save_policy,
    sweep_expired_hold,
    undo_change,
)
from tests.bookings.visits.desk import RememberingDesk
from tests.factories.days import (
    DAY,
    NEXT_TUESDAY,
    SCHOOL,
    SMALL_SCHOOL,
    day_order,
    day_request,
    find_plans,
    given_centre_of_days,
    given_day_visit,
)
from tests.factories.visits import CONTACT
from vizium.db.session import Database
from vizium.kernel.errors import CapacityExceeded, Conflict, InvalidInput, NotFound
from vizium.mail.service import list_mails

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
OTHER = Contact("Ilze Otra", "ilze@example.lv", "+37120000002")


@pytest.fixture(autouse=True)
def _centre(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        given_centre_of_days(session, now=now)


@pytest.fixture
def held(database: Database, now: datetime) -> VisitRow:
    with database.transaction() as session:
        return given_day_visit(session, now=now)


@pytest.fixture
def confirmed(database: Database, held: VisitRow, orders: dict[str, Any]) -> VisitRow:
    with database.transaction() as session:
        return confirm_visit(session, VisitCommand(held.reference), **orders)


def _is_sound(database: Database) -> bool:
    with database.reading() as session:
        return check_cells(session) == []


def test_planned_day_is_held_as_it_was_planned(database: Database, held: VisitRow) -> None:
    with database.reading() as session:
        stored = get_visit(session, held.reference)

    assert stored == held
    assert stored.request == day_request()
    assert {stop.kind for stop in stored.stops} == {"programme", "gallery", "lunch"}
    assert stored.price_cents == 18 * 350
    assert all(stop.titles["lv"] and stop.adults == 2 for stop in stored.stops)
    programme = next(stop for stop in stored.stops if stop.is_activity)
    assert programme.session is None
    assert programme.rooms
    assert programme.host == "Elīna Prizma"
    assert _is_sound(database)


def test_plan_that_another_class_took_meanwhile_is_refused_with_reasons(
    database: Database, held: VisitRow, now: datetime
) -> None:
    again = day_order(held.plan, held.request)

    with pytest.raises(CapacityExceeded) as refused, database.transaction() as session:
        hold_visit(session, again, by="test", now=now)

    assert refused.value.code == "capacity_exceeded"
    said = {one["code"] for one in refused.value.facts["violations"]}  # type: ignore[attr-defined]
    assert {"room_taken", "host_taken"} <= said
    with database.reading() as session:
        assert len(list_visits(session, VisitWish())) == 1


def test_plan_of_a_closed_day_is_refused_whoever_made_it(
    database: Database, held: VisitRow, now: datetime
) -> None:
    wednesday = timedelta(days=1)
    plan = replace(
        held.plan,
        day=DAY + wednesday,
        arrive=held.arrive_at + wednesday,
        leave=held.leave_at + wednesday,
        stops=tuple(
            replace(stop, start=stop.start + wednesday, end=stop.end + wednesday)
            for stop in held.plan.stops
        ),
    )

    with pytest.raises(Conflict) as refused, database.transaction() as session:
        hold_visit(session, day_order(plan, held.request), by="test", now=now)

    assert refused.value.code == "plan_refused"
    assert refused.value.facts["violations"][0]["code"] == "closed_day"  # type: ignore[index]


def test_own_places_count_as_free_for_a_new_plan_of_the_same_visit(
    database: Database, held: VisitRow, now: datetime
) -> None:
    owner = f"visit:{held.id}"
    stop = next(stop for stop in held.plan.stops if stop.is_activity)

    with database.reading() as session:
        taken = load_world(session, DAY, now=now)
        own = load_world(session, DAY, now=now, without=owner)

    mask = own.mask(stop.start, stop.end)
    assert taken.rooms[stop.rooms[0]].free & mask == 0
    assert own.rooms[stop.rooms[0]].free & mask == mask
    assert own.pools["hall"].free == (400,) * own.cells
    assert min(taken.pools["hall"].free) == 380


def test_proposals_come_priced_and_what_does_not_fit_comes_with_ways_out(
    database: Database, desk: RememberingDesk, now: datetime
) -> None:
    with database.reading() as session:
        proposal = propose_plans(session, day_request(), transport=desk, now=now)
        too_short = day_request(depart=time(10, 0))
        refused = propose_plans(session, too_short, transport=desk, now=now)

    assert 1 <= len(proposal.plans) <= 3
    assert {one.price_cents for one in proposal.plans} == {18 * 350}
    assert proposal.relaxations == ()
    assert refused.plans == ()
    assert refused.relaxations


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"dates": ()}, "dates_count"),
        ({"dates": (DAY - timedelta(days=400),)}, "day_is_past"),
        ({"wishes": (), "galleries": ()}, "wants_count"),
        ({"arrive": time(12), "depart": time(11)}, "departs_before_arrival"),
        ({"groups": ()}, "pupils_missing"),
        ({"groups": (Group(5, 10_000),)}, "pupils_too_many"),
        ({"adults": 0}, "adults_too_few"),
        ({"schools": ("0000000000",)}, "school_unknown"),
        ({"schools": (SCHOOL, SCHOOL)}, "school_twice"),
        ({"language": "eo"}, "language_unknown"),
        ({"galleries": ("g-moon",)}, "gallery_unknown"),
        ({"wishes": (Wish(subject="alchemy"),)}, "subject_unknown"),
        ({"wishes": (Wish(area="magic"),)}, "area_unknown"),
    ],
)
def test_nonsense_is_refused_before_any_planning(
    database: Database, desk: RememberingDesk, now: datetime, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(InvalidInput) as refused, database.reading() as session:
        propose_plans(session, day_request(**changes), transport=desk, now=now)

    assert code in [error.code for error in refused.value.errors]


def test_plan_that_stands_is_no_alternative_to_itself(
    database: Database, confirmed: VisitRow, desk: RememberingDesk, now: datetime
) -> None:
    with database.reading() as session:
        found = propose_changes(session, confirmed.reference, transport=desk, now=now)
        afresh = propose_plans(session, confirmed.request, transport=desk, now=now)

    assert found.plans
    assert not any(is_same(one.plan, confirmed.plan) for one in found.plans)
    assert afresh.plans


def test_adults_are_counted_by_the_rules_of_the_wished_day(
    database: Database, desk: RememberingDesk, now: datetime
) -> None:
    """The ratio is stricter from the second of two days on."""
    with database.transaction() as session:
        rules = {"pupils_per_adult_basic": 2}
        save_policy(session, NEXT_TUESDAY, visit=rules, day={}, by="test", now=now)
        both = day_request(dates=(DAY, NEXT_TUESDAY))
        proposal = propose_plans(session, both, transport=desk, now=now)
        world = load_world(session, NEXT_TUESDAY, now=now)
        later = day_request(dates=(NEXT_TUESDAY,))
        with pytest.raises(InvalidInput) as refused:
            propose_plans(session, later, transport=desk, now=now)

    assert {one.plan.day for one in proposal.plans} == {DAY}
    assert world.visiting.pupils_per_adult_basic == 2
    assert [error.code for error in refused.value.errors] == ["adults_too_few"]


def test_swap_of_plans_gives_back_all_and_takes_all(
    database: Database, confirmed: VisitRow, desk: RememberingDesk, orders: dict[str, Any]
) -> None:
    now = orders["now"]
    with database.transaction() as session:
        found = propose_changes(
            session, confirmed.reference, dates=(NEXT_TUESDAY,), transport=desk, now=now
        )
        request = replace(confirmed.request, dates=(NEXT_TUESDAY,))
        command = ChangeVisit(confirmed.reference, plan=found.plans[0].plan, request=request)
        difference = preview_change(session, command, transport=desk, now=now)
        changed = change_visit(session, command, **orders)
        old_day = load_world(session, DAY, now=now)
        mails = list_mails(session)

    assert (difference.day_before, difference.day_after) == (DAY, NEXT_TUESDAY)
    assert {change.kind for change in difference.stops} == {Change.MOVED}
    assert changed.local_date == NEXT_TUESDAY
    assert changed.plan == found.plans[0].plan
    assert old_day.pools["hall"].free == (400,) * old_day.cells
    assert len(mails) == 2
    assert _is_sound(database)


def test_swap_that_fails_leaves_the_visit_as_it_was(
    database: Database, confirmed: VisitRow, orders: dict[str, Any]
) -> None:
    now = orders["now"]
    with database.transaction() as session:
        rival = given_day_visit(session, day_request(dates=(NEXT_TUESDAY,)), now=now)

    stolen = ChangeVisit(confirmed.reference, plan=rival.plan)
    with pytest.raises(CapacityExceeded), database.transaction() as session:
        change_visit(session, stolen, **orders)

    with database.reading() as session:
        assert get_visit(session, confirmed.reference) == confirmed
    assert _is_sound(database)


def test_other_numbers_keep_the_day_and_tell_what_they_do(
    database: Database, confirmed: VisitRow, desk: RememberingDesk, orders: dict[str, Any]
) -> None:
    command = ChangeVisit(confirmed.reference, groups=(Group(5, 12),))

    with database.transaction() as session:
        difference = preview_change(session, command, transport=desk, now=orders["now"])
        changed = change_visit(session, command, **orders)
        again = change_visit(session, command, **orders)

    assert (difference.pupils_before, difference.pupils_after) == (18, 12)
    assert difference.price_cents == -6 * 350
    assert (changed.pupils, changed.price_cents, changed.fee_cents) == (12, 12 * 350, 0)
    assert [stop.pupils for stop in changed.stops] == [12] * len(confirmed.stops)
    assert again == changed


def test_fewer_pupils_near_the_day_cost_a_part_of_what_is_dropped(
    database: Database, confirmed: VisitRow, orders: dict[str, Any]
) -> None:
    late = orders | {"now": confirmed.start - timedelta(days=8)}

    with database.transaction() as session:
        command = ChangeVisit(confirmed.reference, groups=(Group(5, 12),))
        changed = change_visit(session, command, **late)
        undone = undo_change(session, VisitCommand(changed.reference), **late)

    assert changed.fee_cents == 6 * 350 // 4
    assert (undone.fee_cents, undone.pupils) == (0, 18)


def test_undo_brings_back_what_was_and_undoing_that_does_it_again(
    database: Database, confirmed: VisitRow, orders: dict[str, Any]
) -> None:
    with database.transaction() as session:
        command = ChangeVisit(
            confirmed.reference, groups=(Group(5, 12),), contact=OTHER, funding=Funding.ESF
        )
        changed = change_visit(session, command, **orders)
        undone = undo_change(session, VisitCommand(changed.reference), **orders)
        redone = undo_change(session, VisitCommand(changed.reference), **orders)

    assert (undone.plan, undone.contact, undone.funding) == (
        confirmed.plan,
        confirmed.contact,
        confirmed.funding,
    )
    assert (redone.plan, redone.contact, redone.funding) == (
        changed.plan,
        OTHER,
        Funding.ESF,
    )
    assert _is_sound(database)


def test_visit_that_never_changed_has_nothing_to_undo(
    database: Database, confirmed: VisitRow, orders: dict[str, Any]
) -> None:
    with pytest.raises(NotFound), database.transaction() as session:
        undo_change(session, VisitCommand(confirmed.reference), **orders)


def test_two_small_schools_come_as_one_group(database: Database, now: datetime) -> None:
    parties = (
        Party(SCHOOL, (Group(3, 8),), 1, CONTACT),
        Party(SMALL_SCHOOL, (Group(3, 4), Group(4, 6)), 1, OTHER),
    )
    groups = (Group(3, 12), Group(4, 6))
    request = day_request(schools=(SCHOOL, SMALL_SCHOOL), groups=groups)
    with database.transaction() as session:
        visit = given_day_visit(session, request, now=now, parties=parties)
        stored = get_visit(session, visit.reference)

    assert stored == visit
    assert stored.schools == (SCHOOL, SMALL_SCHOOL)
    assert [(party.school_name, party.pupils) for party in stored.parties][1] == ("Mazā skola", 10)

    wrong = (replace(parties[0], adults=2), parties[1])
    with pytest.raises(InvalidInput) as refused, database.transaction() as session:
        hold_visit(session, day_order(visit.plan, request, parties=wrong), by="test", now=now)
    assert [error.code for error in refused.value.errors] == ["parties_do_not_add_up"]


def test_expired_day_comes_back_only_while_all_of_it_is_free(
    database: Database, held: VisitRow, now: datetime
) -> None:
    later = now + timedelta(hours=1)
    with database.transaction() as session:
        sweep_expired_hold(session, now=later)
        back = extend_hold(session, VisitCommand(held.reference), by="test", now=later)
        later += timedelta(hours=1)
        sweep_expired_hold(session, now=later)
        hold_visit(session, day_order(held.plan, held.request), by="test", now=later)

    assert back.state is VisitState.HELD
    with pytest.raises(CapacityExceeded), database.transaction() as session:
        extend_hold(session, VisitCommand(held.reference), by="test", now=later)
    assert _is_sound(database)


def _order(visit: VisitRow, found: Replan) -> ChangeVisit:
    assert found.plan is not None
    return replanned(visit, found.request, found.plan, version=visit.version)


def test_late_bus_gets_the_smallest_change(
    database: Database, confirmed: VisitRow, orders: dict[str, Any]
) -> None:
    morning = confirmed.arrive_at - timedelta(hours=1)
    with database.transaction() as session:
        late = ReplanTrigger(late_to=time(9, 45))
        found = replan_visit(session, confirmed.reference, late, now=morning)
        command = _order(confirmed, found)
        changed = change_visit(session, command, **(orders | {"now": morning}))

    assert found.plan is not None
    assert found.changed
    assert changed.bus_arrives == time(9, 45)
    assert changed.plan == found.plan
    assert _is_sound(database)


def test_ill_host_concerns_only_those_who_have_the_host(
    database: Database, confirmed: VisitRow, orders: dict[str, Any]
) -> None:
    now = orders["now"]
    programme = next(stop for stop in confirmed.stops if stop.is_activity)
    assert programme.host_code is not None
    with database.transaction() as session:
        other = given_day_visit(session, day_request(dates=(NEXT_TUESDAY,)), now=now)
        outage = report_outage(
            session,
            ReportOutage(
                programme.host_code,
                confirmed.arrive_at,
                confirmed.leave_at,
                "ill",
            ),
            by="test",
            now=now,
        )
        affected = list_affected(session, outage)
        found = replan_visit(session, confirmed.reference, ReplanTrigger(), now=now)
        assert found.plan is not None
        changed = change_visit(session, _order(confirmed, found), **orders)

    assert [visit.reference for visit in affected] == [confirmed.reference]
    assert other.reference not in {visit.reference for visit in affected}
    assert [change.kind for change in found.changed] == [Change.OTHER_HOST]
    assert changed.start == confirmed.start
    assert _is_sound(database)


def test_fault_that_the_day_has_already_forbids_no_other_change(
    database: Database, confirmed: VisitRow, orders: dict[str, Any], now: datetime
) -> None:
    host = next(stop.host_code for stop in confirmed.stops if stop.is_activity)
    ill = ReportOutage(host or "", confirmed.arrive_at, confirmed.leave_at, "ill")
    with database.transaction() as session:
        report_outage(session, ill, by="test", now=now)
        other = ChangeVisit(confirmed.reference, contact=OTHER)
        with_contact = change_visit(session, other, **orders)
        fewer = ChangeVisit(confirmed.reference, groups=(Group(5, 16),))
        with_numbers = change_visit(session, fewer, **orders)

    assert (with_contact.contact, with_numbers.pupils) == (OTHER, 16)
    assert _is_sound(database)


def test_plans_of_a_day_do_not_take_the_same_twice(database: Database, now: datetime) -> None:
    request = day_request(groups=(Group(5, 15),))
    held: list[Plan] = []
    with database.transaction() as session:
        while plans := find_plans(session, request, now=now):
            held.append(hold_visit(session, day_order(plans[0], request), by="t", now=now).plan)

    taken = [
        (code, stop.start)
        for plan in held
        for stop in plan.stops
        for code in (*stop.rooms, *([stop.host] if stop.host else []))
    ]
    assert len(held) > 1
    assert len(taken) == len(set(taken))
    assert all(stop.kind in set(StopKind) for plan in held for stop in plan.stops)
    assert _is_sound(database)
