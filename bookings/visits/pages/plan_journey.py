"""One request on the way to a planned day: the answers so far, and how a page carries them on.

They travel in the address until a name or a telephone is among them, and in the body of a POST from
there on; every page can be bookmarked until then, and nothing needs a cookie.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from litestar import Response

from bookings.visits.forms import GRADES
from bookings.visits.forms.day import STEPS, days_named, furthest, has_private, travelling_day
from bookings.visits.rules import VisitPolicy
from bookings.visits.service import TransportDesk, get_policy
from vizium.auth.rules import Person
from vizium.db.session import Database
from vizium.kernel.clock import local_date
from vizium.web.forms import Form
from vizium.web.page import Page

# What a page asks itself, and so must not carry beside; the pupils of a class are told by prefix.
_OWN = {
    "class": {"adults", "joint", "language"},
    "school": {"school"},
    "wishes": {"w"},
    "extras": {"gal", "need"},
    "days": {"d"},
    "hours": {"arrive", "depart"},
    "plan": {"plan"},
    "contact": {"name", "email", "phone"},
    "money": {"transport", "funding"},
}


@dataclass(slots=True)
class Journey:
    """One request on the way to a planned day."""

    page: Page
    database: Database
    form: Form
    transport: TransportDesk
    visitor: Person | None

    @property
    def private(self) -> bool:
        """Whether the answers must stay out of addresses."""
        return has_private(self.form)

    def rules(self) -> VisitPolicy:
        """The centre's rules of the first day that is named, or of today."""
        days = days_named(Form(self.form.fields))
        with self.database.reading() as session:
            return get_policy(session, min(days, default=local_date(self.page.now)))

    def carried(self, *without: str, upto: str = "") -> list[tuple[str, str]]:
        """The answers for hidden fields, but those that this page asks.

        Args:
            upto: the question that is answered when this page is sent.
        """
        done = max(furthest(self.form), STEPS.index(upto) + 1 if upto else 0)
        kept = [
            pair
            for pair in travelling_day(self.form, private=self.private)
            if pair[0] not in {"upto", *without}
        ]
        return [*kept, *([("upto", STEPS[done - 1])] if done else [])]

    def own(self, step: str) -> list[tuple[str, str]]:
        """What a step's page carries hidden."""
        without = set(_OWN[step])
        if step == "class":
            without |= {f"g{grade}" for grade in GRADES}
        return self.carried(*without, upto=step)

    def link(self, *without: str, **more: str) -> str:
        """The address of the journey without some answers and with others."""
        kept = [pair for pair in self.carried() if pair[0] not in {*without, *more}]
        return "/visits/plan?" + urlencode([*kept, *more.items()])

    def show(self, template: str, *, status: int = 200, **values: object) -> Response[bytes]:
        """A page of the journey; with errors it is a 422."""
        return self.page.show(
            f"bookings/visits/plan_{template}.html",
            status=422 if self.form.errors else status,
            journey=self,
            form=self.form,
            errors=self.form.errors,
            **values,
        )
