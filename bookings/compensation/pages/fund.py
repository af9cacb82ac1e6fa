"""The fund in public: what was voted, what is left, and by which rules it is shared."""

from litestar import Response, get
from litestar.di import NamedDependency

from bookings.compensation.queries import (
    FundMonth,
    FundView,
    find_shown_fund,
    get_fund_view,
    list_fund_months,
)
from vizium.db.session import Database
from vizium.kernel.clock import local_date
from vizium.kernel.errors import NotFound
from vizium.web.page import Page
from vizium.web.sheets import CSV, Column, Kind, Sheet, to_csv


@get("/fund", sync_to_thread=True)
def show_fund(page: NamedDependency[Page], database: NamedDependency[Database]) -> Response[bytes]:
    """The fund to the cent as the ledger has it, and its rules in plain words."""
    view, months = _load(page, database)
    return page.show("bookings/compensation/fund.html", view=view, months=months)


@get("/fund.csv", sync_to_thread=True)
def show_fund_csv(
    page: NamedDependency[Page], database: NamedDependency[Database]
) -> Response[bytes]:
    """The same as a table that a Latvian spreadsheet opens with a double click."""
    view, months = _load(page, database)
    t = page.words.t
    sheet = Sheet(
        view.fund.code,
        [
            Column(t("Month")),
            Column(t("Distance, km")),
            Column(t("Claims"), Kind.WHOLE),
            Column(t("Reserved, EUR"), Kind.EURO),
            Column(t("Approved, EUR"), Kind.EURO),
        ],
        [
            (f"{row.month:%Y-%m}", row.band, row.claims, row.reserved_cents, row.approved_cents)
            for row in months
        ],
    )
    return page.file(to_csv(sheet), CSV, f"{view.fund.code}.csv")


def _load(page: Page, database: Database) -> tuple[FundView, list[FundMonth]]:
    today = local_date(page.now)
    with database.reading() as session:
        fund = find_shown_fund(session, today)
        if fund is None:
            raise NotFound("fund")
        return get_fund_view(session, fund, today), list_fund_months(session, fund.code)
