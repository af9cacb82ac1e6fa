"""Classes on the list as the API says them: instants with Riga's offset, links that work."""

from dataclasses import asdict

from bookings.visits.planner.request import Wish
from bookings.visits.service.papers import manage_path
from bookings.waiting.queries import OfferRow, PlaceRow, WaitingRow
from bookings.waiting.service import (
    waiting_path,
)
from vizium.kernel.clock import to_riga
from vizium.settings import Settings

Json = dict[str, object]


def waiting_body(
    row: WaitingRow, place: PlaceRow | None, settings: Settings, *, linked: bool = True
) -> Json:
    """A class on the list; how many others wait is said of one class alone, not in lists.

    Args:
        linked: with the signed links: whoever has them may act for the class.
    """
    base = f"{settings.base_url}/{row.page_language}" if linked else None
    return {
        "reference": row.reference,
        "state": row.state.value,
        "version": row.version,
        "school": {"register_no": row.school, "name": row.school_name},
        "dates": row.days,
        "groups": [asdict(group) for group in row.groups],
        "adults": row.adults,
        "language": row.language,
        "wants": [_wish(wish) for wish in row.wishes if wish != Wish()],
        "needs": sorted(need.value for need in row.needs),
        "contact": asdict(row.contact),
        "transport": row.wants_transport,
        "others": {"waiting": place.waiting, "longer": place.longer} if place else None,
        "offers": [_offer(offer, base, settings) for offer in row.offers],
        "links": {"manage": f"{base}{waiting_path(row.reference, settings)}" if base else None},
    }


def _wish(wish: Wish) -> Json:
    return {
        "programme": wish.code,
        "kind": wish.kind,
        "subject": wish.subject,
        "area": wish.area,
    }


def _offer(offer: OfferRow, base: str | None, settings: Settings) -> Json:
    return {
        "visit": offer.reference,
        "date": offer.day,
        "state": offer.state.value,
        "expires_at": to_riga(offer.expires_at),
        "links": {"manage": f"{base}{manage_path(offer.reference, settings)}" if base else None},
    }
