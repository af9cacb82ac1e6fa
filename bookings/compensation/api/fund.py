"""The fund in public, and the proof of its ledger for auditors."""

from litestar import Response, get
from litestar.di import NamedDependency

from bookings.compensation.guards import may_audit
from bookings.compensation.queries import find_shown_fund, get_fund_view
from bookings.compensation.tariff import policy_rules
from bookings.ledger.queries import check_ledger
from vizium.db.session import Database
from vizium.kernel.clock import local_date
from vizium.kernel.errors import NotFound
from vizium.web.api import Call, answer


@get("/fund", sync_to_thread=True)
def show_fund(call: NamedDependency[Call], database: NamedDependency[Database]) -> Response[bytes]:
    """The fund of today, to the cent as the ledger has it."""
    today = local_date(call.now)
    with database.reading() as session:
        fund = find_shown_fund(session, today)
        if fund is None:
            raise NotFound("fund")
        view = get_fund_view(session, fund, today)
    return answer(
        {
            "code": fund.code,
            "title": fund.title_lv if call.lang == "lv" else fund.title_en,
            "period": {"from": fund.first_day, "to": fund.last_day},
            "appropriated_cents": view.appropriated_cents,
            "available_cents": view.available_cents,
            "reserved_far_cents": view.reserved_far_cents,
            "encumbered_cents": view.encumbered_cents,
            "obligated_cents": view.obligated_cents,
            "expended_cents": view.expended_cents,
            "waiting": view.waiting,
            "policy": {"version": view.policy.version} | policy_rules(view.policy.policy),
        }
    )


@get("/ledger/check", guards=[may_audit], sync_to_thread=True)
def show_ledger_check(
    call: NamedDependency[Call], database: NamedDependency[Database]
) -> Response[bytes]:
    """Every balance and every chain, recomputed from the transfers alone."""
    with database.reading() as session:
        return answer(check_ledger(session, call.settings.secret_key))
