"""The fund in public: what was voted, what is left, and by which rules it is shared."""

import csv
import io

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
from vizium.kernel.money import Cents
from vizium.web.page import Page


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
    words = page.words
    out = io.StringIO()
    table = csv.writer(out, delimiter=";")
    table.writerow(
        [
            words.t("Month"),
            words.t("Distance, km"),
            words.t("Claims"),
            words.t("Reserved, EUR"),
            words.t("Approved, EUR"),
        ]
    )
    for row in months:
        table.writerow(
            [
                f"{row.month:%Y-%m}",
                row.band,
                row.claims,
                _decimal(row.reserved_cents),
                _decimal(row.approved_cents),
            ]
        )
    content = "\ufeff" + out.getvalue()
    name = f'attachment; filename="{view.fund.code}.csv"'
    return Response(
        content.encode(),
        media_type="text/csv",
        headers={"content-disposition": name},
    )


def _load(page: Page, database: Database) -> tuple[FundView, list[FundMonth]]:
    today = local_date(page.now)
    with database.reading() as session:
        fund = find_shown_fund(session, today)
        if fund is None:
            raise NotFound("fund")
        return get_fund_view(session, fund, today), list_fund_months(session, fund.code)


def _decimal(cents: Cents) -> str:
    return f"{cents // 100},{cents % 100:02d}"
