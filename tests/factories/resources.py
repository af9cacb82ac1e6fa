"""Resources of a small centre, for tests."""

from sqlalchemy.orm import Session

from bookings.resources.rules import ResourceKind
from bookings.resources.service import ensure_resource


def given_resource(
    session: Session,
    code: str = "hall",
    *,
    kind: ResourceKind = ResourceKind.POOL,
    capacity: int = 30,
) -> str:
    """A resource; gives its code back."""
    ensure_resource(session, code, kind=kind, capacity=capacity, title_lv="Zāle", title_en="Hall")
    return code
