"""Not coming costs what the rules of the day say, is told the day after, and can be taken back."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bookings.visits.queries import VisitRow, get_visit
from bookings.visits.rules import POLICY, VisitState, cancellation_fee, no_show_fee
from bookings.visits.service import RecordArrival, VisitCommand, record_arrival, sweep_days
from bookings.visits.service.history import read_history
from bookings.visits.service.policy import save_policy
from bookings.visits.service.reminders import sweep_letters
from bookings.visits.service.waivers import WaiveFee, waive_no_show_fee
from tests.bookings.visits.desk import RememberingDesk
from tests.factories.visits import DAY
from vizium.db.session import Database
from vizium.kernel.clock import from_wall
from vizium.kernel.errors import Conflict
from vizium.kernel.money import Cents
from vizium.mail.service import list_mails
from vizium.settings import Settings

ON_ONE_DATABASE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
PRICE = 20 * 350
NEXT_MORNING = from_wall(DAY + timedelta(days=1), datetime.min.time().replace(hour=9))


@pytest.fixture
def missed(database: Database, confirmed: VisitCommand, desk: RememberingDesk) -> VisitRow:
    """A visit to which nobody came."""
    with database.transaction() as session:
        sweep_days(session, transport=desk, now=NEXT_MORNING)
        return get_visit(session, confirmed.reference)


def _waive(
    database: Database, visit: VisitRow, settings: Settings, reason: str = "Ceļi bija slēgti"
) -> VisitRow:
    with database.transaction() as session:
        command = WaiveFee(visit.reference, None, reason)
        return waive_no_show_fee(session, command, settings=settings, by="desk", now=NEXT_MORNING)


def _write(database: Database, settings: Settings) -> int:
    with database.transaction() as session:
        return sweep_letters(session, settings=settings, now=NEXT_MORNING)


def _last_letter(database: Database) -> tuple[str, str]:
    with database.reading() as session:
        mail = list_mails(session)[0]
    return mail.subject.partition(":")[0], mail.text


def test_not_coming_is_never_cheaper_than_cancelling_on_the_day() -> None:
    on_the_day = from_wall(DAY, datetime.min.time().replace(hour=6))

    assert no_show_fee(Cents(PRICE)) >= cancellation_fee(Cents(PRICE), DAY, now=on_the_day)
    assert POLICY.no_show_fee_bp <= 10_000


def test_missed_visit_owes_the_fee_and_the_school_hears_it_once(
    database: Database, missed: VisitRow, settings: Settings
) -> None:
    written = [_write(database, settings), _write(database, settings)]

    assert (missed.state, missed.fee_cents) == (VisitState.NO_SHOW, PRICE // 2)
    assert missed.no_show_fee_cents == missed.fee_cents
    assert written == [1, 0]
    subject, body = _last_letter(database)
    assert subject == "Jūsu klase neieradās"
    assert "jāmaksā 35,00 €" in body.replace("\xa0", " ")


@ON_ONE_DATABASE
def test_rules_of_the_day_decide_the_fee(
    database: Database, confirmed: VisitCommand, desk: RememberingDesk, now: datetime
) -> None:
    with database.transaction() as session:
        save_policy(session, DAY, visit={"no_show_fee_bp": 10_000}, day={}, by="test", now=now)
        sweep_days(session, transport=desk, now=NEXT_MORNING)
        visit = get_visit(session, confirmed.reference)

    assert visit.no_show_fee_cents == PRICE


@ON_ONE_DATABASE
def test_class_that_comes_late_after_all_owes_nothing(
    database: Database, missed: VisitRow, desk: RememberingDesk
) -> None:
    order = RecordArrival(missed.reference, 20, 2, None, "nonce-0001", any_day=True)
    with database.transaction() as session:
        visit, _ = record_arrival(session, order, transport=desk, by="desk", now=NEXT_MORNING)

    assert (visit.state, visit.fee_cents, visit.no_show_fee_cents) == (VisitState.ARRIVED, 0, 0)


def test_desk_takes_the_fee_back_with_a_reason_before_anybody_was_asked_to_pay(
    database: Database, missed: VisitRow, settings: Settings
) -> None:
    waived = _waive(database, missed, settings)
    written = _write(database, settings)

    assert (waived.fee_cents, waived.no_show_fee_cents, written) == (0, 0, 1)
    subject, body = _last_letter(database)
    assert subject == "Jūsu klase neieradās"
    assert "Jums nekas nav jāmaksā." in body
    with database.reading() as session:
        acts = read_history(session, waived)
    assert [(act.action, act.by, act.word) for act in acts[-2:]] == [
        ("waive_fee", "desk", ""),
        ("note_visit", "desk", "Ceļi bija slēgti"),
    ]


@ON_ONE_DATABASE
def test_school_that_was_asked_to_pay_hears_that_it_need_not(
    database: Database, missed: VisitRow, settings: Settings
) -> None:
    _write(database, settings)

    _waive(database, missed, settings)

    assert _last_letter(database)[0] == "Par neierašanos nav jāmaksā"
    assert _write(database, settings) == 0


@ON_ONE_DATABASE
def test_fee_is_taken_back_once_and_only_where_there_is_one(
    database: Database, missed: VisitRow, settings: Settings
) -> None:
    _waive(database, missed, settings)

    with pytest.raises(Conflict) as refused:
        _waive(database, missed, settings)

    assert refused.value.code == "no_fee_to_waive"


@pytest.mark.parametrize(
    "values", ["no_show_fee_cents = fee_cents + 1", "state = 'cancelled'", "no_show_fee_cents = -1"]
)
def test_database_keeps_the_fee_with_the_visit_that_was_missed(
    database: Database, missed: VisitRow, values: str
) -> None:
    sql = f"UPDATE visits_visit SET {values} WHERE id = :id"

    with pytest.raises(DBAPIError), database.transaction() as session:
        session.execute(text(sql), {"id": missed.id})
