"""Every route has a guard, or stands on this list because everybody may go there."""

from pathlib import Path

from litestar.routes import HTTPRoute

from vizium.app import create_app
from vizium.db.session import Database
from vizium.settings import load

# Pages stand here without their language: `/lv/fund` and `/en/fund` are `/fund`.
PUBLIC = {
    # The way in and the way out.
    "GET /",
    "GET /sign-in",
    "POST /sign-in",
    "GET /sign-in/sent",
    "GET /sign-in/{secret}",
    "POST /sign-in/{secret}",
    "POST /sign-out",
    # What the law asks to be read by everybody.
    "GET /accessibility",
    "GET /privacy",
    # What machines ask.
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    "GET /static/{file_path}",
    "HEAD /static/{file_path}",
    "GET /api",
    "GET /api/openapi.json",
    "GET /api/{path}",
    # Programmes and free times are for every school to see, and a plan writes nothing.
    "GET /programmes",
    "GET /programmes/{code}",
    "GET /programmes/{code}/materials",
    "GET /visits/new",
    "POST /visits/new/check",
    "GET /visits/plan",
    "POST /visits/plan",
    "POST /visits/plan/hold",
    "POST /visits",
    "GET /api/v1/sessions",
    "POST /api/v1/plans",
    # The signed link is the right to one visit; the handler checks the signature.
    *(
        f"GET /visits/{{reference}}/{{key}}{paper}"
        for paper in (
            *("", "/calendar.ics", "/change", "/claim", "/claim/check", "/pass.pdf"),
            *("/approval", "/cancellation", "/contact", "/day", "/funding", "/schools"),
        )
    ),
    *(
        f"POST /visits/{{reference}}/{{key}}/{act}"
        for act in (
            *("cancellation", "change", "claim", "claim/check", "confirmation", "extension"),
            *("approval", "contact", "funding", "schools", "undo"),
        )
    ),
    # So is the head's, and the address of a calendar.
    "GET /visits/{reference}/{key}/excursion.pdf",
    "GET /visits/{reference}/{key}/programmes/{code}",
    "GET /visits/{reference}/approval/{key}",
    "POST /visits/{reference}/approval/{key}",
    "GET /visits/{reference}/approval/{key}/excursion.pdf",
    "GET /calendar/{kind}/{code}/{file}",
    "GET /visits/check-in/{token}",
    # A class that finds no places waits without an account; its own link shows where it stands.
    "GET /waiting",
    "GET /waiting/new",
    "POST /waiting",
    "GET /waiting/{reference}/{key}",
    "POST /waiting/{reference}/{key}/withdrawal",
    # Courses are for everybody to see, and educators enrol without an account.
    "GET /educators",
    "GET /courses",
    "GET /courses/{code}",
    "GET /courses/{code}/already",
    "GET /courses/{code}/enrolment",
    "POST /courses/{code}/enrolment",
    "POST /courses/{code}/enrolments",
    "GET /api/v1/courses",
    "GET /api/v1/courses/{code}",
    # The signed link is the right to one enrolment; the handler checks the signature.
    *(
        f"GET /enrolments/{{reference}}/{{key}}{paper}"
        for paper in ("", "/calendar.ics", "/certificate.pdf")
    ),
    "POST /enrolments/{reference}/{key}/acceptance",
    "POST /enrolments/{reference}/{key}/withdrawal",
    # Whoever holds a certificate may ask whether it is genuine; rate-limited.
    "GET /certificates",
    "GET /certificates/{number}",
    # The fund is public money.
    "GET /fund",
    "GET /fund.csv",
    "GET /api/v1/fund",
    # A visitor reads the label on an exhibit and reports what is wrong with it; rate-limited.
    "GET /x/{code}",
    "GET /exhibits/{code}",
    "GET /exhibits/{code}/thanks",
    "POST /exhibits/{code}/reports",
    "POST /api/v1/exhibits/{code}/reports",
}
# The sample centre shows its mails to whoever tries it; it listens on loopback only.
PUBLIC_IN_THE_DEMO = {
    "GET /demo/mailbox",
    "GET /demo/mailbox/{message_id}",
    "GET /demo/mailbox/{message_id}/vizium.ics",
}


def test_every_route_has_a_guard_or_is_public(tmp_path: Path) -> None:
    unguarded = _unguarded(tmp_path, demo=False)

    assert sorted(unguarded - PUBLIC) == []
    assert sorted(PUBLIC - unguarded) == []


def test_demo_opens_nothing_but_its_mailbox(tmp_path: Path) -> None:
    opened = _unguarded(tmp_path, demo=True) - PUBLIC

    assert sorted(opened) == sorted(PUBLIC_IN_THE_DEMO)


def _unguarded(data_dir: Path, *, demo: bool) -> set[str]:
    settings = load({"VIZIUM_DATA_DIR": str(data_dir)}, demo=demo)
    app = create_app(settings, Database(settings.database_url))
    return {
        f"{method} {_without_language(route.path_format)}"
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods
        if method != "OPTIONS" and not any(layer.guards for layer in handler.ownership_layers)
    }


def _without_language(path: str) -> str:
    return path.removeprefix("/{lang}") or "/"
