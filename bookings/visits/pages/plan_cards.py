"""Proposed days with everything that a page says of them: names, prices, what to think of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bookings.programmes.queries import list_activities, list_areas, list_subjects
from bookings.resources.queries import list_galleries, list_hosts, list_rooms
from bookings.visits.pages.plan_view import Moment, Names, Part, days_of_groups, moments_of_plan
from bookings.visits.planner.ids import encode_plan
from bookings.visits.planner.plan import Plan
from bookings.visits.planner.request import PlanRequest
from bookings.visits.planner.violations import Violation
from bookings.visits.queries import get_sessions
from bookings.visits.service import Proposal, ProposedPlan
from vizium.db.session import Session
from vizium.web.i18n import Translator, translator
from vizium.web.page import Page


@dataclass(frozen=True, slots=True)
class Card:
    """One proposed day as the page shows it."""

    id: str
    proposed: ProposedPlan
    moments: list[Moment]
    warnings: list[str]

    @property
    def plan(self) -> Plan:
        """The day itself."""
        return self.proposed.plan

    @property
    def groups(self) -> list[list[tuple[Moment, Part]]]:
        """What each group of a divided class does."""
        return days_of_groups(self.moments, self.plan.subgroups)


def make_cards(proposal: Proposal, request: PlanRequest, names: Names, page: Page) -> list[Card]:
    """The proposed days in their order, each with its signed id."""
    return [
        Card(
            encode_plan(request, proposed.plan, page.settings.secret_key),
            proposed,
            moments_of_plan(proposed.plan, names),
            warnings_in_words(proposed.warnings, page.words),
        )
        for proposed in proposal.plans
    ]


def warnings_in_words(warnings: Sequence[Violation], words: Translator) -> list[str]:
    """What speaks against a day without forbidding it, each once."""
    return [words.code("violation", code) for code in dict.fromkeys(one.code for one in warnings)]


def names_of(session: Session, plans: Sequence[Plan], *, lang: str, now: datetime) -> Names:
    """What everything in these plans is called."""
    stops = [stop for plan in plans for stop in plan.stops]
    sessions = sorted({stop.session for stop in stops if stop.session})
    words = translator(lang)
    activities = {row.code: row.title(lang) for row in list_activities(session)}
    galleries = {row.code: row.title(lang) for row in list_galleries(session)}
    subjects = {
        row.code: row.title_lv if lang == "lv" else row.title_en
        for row in (*list_subjects(session), *list_areas(session))
    }
    offers = get_sessions(session, sessions, now=now) if sessions else []
    return Names(
        titles={**subjects, **activities, **galleries, "lunch": words.t("Lunch")},
        rooms={row.code: row.title(lang) for row in list_rooms(session)},
        hosts={row.code: row.name for row in list_hosts(session)},
        offers={row.id: (row.places.get(lang, ""), row.host or "") for row in offers},
    )
