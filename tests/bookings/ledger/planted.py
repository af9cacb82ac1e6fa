"""Mistakes that a ledger could have, each put into the product by itself.

Every one replaces one function. The machine of `machine.py` must stumble over each of them; some it
sees itself, others the database refuses or the check finds.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from types import ModuleType
from typing import Any

from sqlalchemy import bindparam, case, func, update
from sqlalchemy.orm import Session

from bookings.ledger import rules, service
from bookings.ledger.models import Transfer
from bookings.ledger.rules import Anchor, Draw, Line, Posting, Side, account, events, mirrored
from bookings.ledger.service import Entry, posting
from vizium.kernel.money import Cents

Postings = tuple[Posting, ...]
# The true ones, taken before anything is replaced.
_APPROVED, _DRAW_FOR, _NET_DEBITS = rules.approved, rules.draw_for, rules.net_debits
_SEAL, _MAKE_ANCHORS = rules.seal, service.make_anchors
_NOTHING = Draw(Cents(0), Cents(0))


@dataclass(frozen=True, slots=True)
class Bug:
    """What stands in place of what."""

    module: ModuleType
    function: str
    wrong: Callable[..., Any]


def _without(event: Callable[..., Postings], *names: str) -> Callable[..., Postings]:
    """The event without the postings that touch one of these accounts."""

    def forgetful(fund: str, *words: Any, **options: Any) -> Postings:
        forgotten = {account(fund, name) for name in names}
        return tuple(
            one
            for one in event(fund, *words, **options)
            if forgotten.isdisjoint((one.debit, one.credit))
        )

    return forgetful


def _to(event: Callable[..., Postings], right: str, wrong: str) -> Callable[..., Postings]:
    """The event with one account taken for another."""

    def mistaken(fund: str, *words: Any, **options: Any) -> Postings:
        names = {account(fund, right): account(fund, wrong)}
        return tuple(
            Posting(names.get(one.debit, one.debit), names.get(one.credit, one.credit), one.amount)
            for one in event(fund, *words, **options)
        )

    return mistaken


def _share_up(amount: Cents, basis_points: int) -> Cents:
    return Cents(-(-amount * basis_points // 10_000))


def _draw_on_the_fence(amount: Cents, **left: Any) -> Draw | None:
    return _DRAW_FOR(amount, **(left | {"far": True}))


def _back_to_the_fence_first(draw: Draw, kept: Cents, *, fenced: bool) -> Draw:
    back = draw.total_cents - kept
    far = min(back, draw.far_cents) if fenced else 0
    return Draw(Cents(back - far), Cents(far))


def _keep_the_difference(
    fund: str, amount: Cents, _back: Draw, more: Draw | None = None
) -> Postings:
    return _APPROVED(fund, amount, _NOTHING, more)


def _release_the_difference_twice(
    fund: str, amount: Cents, back: Draw, more: Draw | None = None
) -> Postings:
    return (*_APPROVED(fund, amount, back, more), *_APPROVED(fund, amount, back)[2:])


def _reverse_without_a_link(
    session: Session, transfer_id: str, *, secret_key: str, now: datetime
) -> str:
    found = session.get(Transfer, transfer_id)
    assert found is not None
    back = mirrored(Posting(found.debit, found.credit, found.amount))
    entry = Entry(found.fund, "reversed", found.subject, [back])
    return posting.post_transfers(session, entry, secret_key=secret_key, now=now)[0]


def _move_without_a_floor() -> Any:
    change = func.json_each(bindparam("nets")).table_valued("key", "value", name="change")
    balances = posting._ACCOUNT.c
    after = balances.balance + case((balances.side == Side.DEBIT, 1), else_=-1) * change.c.value
    return (
        update(posting._ACCOUNT)
        .where(balances.code == change.c.key, balances.fund == bindparam("of"))
        .values(balance=after)
        .returning(balances.code, balances.book)
    )


def _move_debits_only(postings: Any) -> dict[str, int]:
    return {code: max(0, net) for code, net in _NET_DEBITS(postings).items()}


def _seal_for_itself(secret_key: str, _previous: str, line: Line) -> str:
    return _SEAL(secret_key, "", line)


def _seal_no_amount(secret_key: str, previous: str, line: Line) -> str:
    return _SEAL(secret_key, previous, replace(line, amount=1))


def _seal_with_another_key(_secret_key: str, previous: str, line: Line) -> str:
    return _SEAL("", previous, line)


def _skip_even_days(session: Session, *, now: datetime) -> list[Anchor]:
    return _MAKE_ANCHORS(session, now=now) if now.day % 2 else []


def _line_without_once(**fields: Any) -> Line:
    return Line(**(fields | {"once": None}))


# Keyed by what is wrong.
BUGS = {
    "lost release": Bug(rules, "released", _without(rules.released, "encumbered")),
    "award kept by a school that gave it back": Bug(
        rules, "released", _without(rules.released, "caps-used")
    ),
    "cap ignored": Bug(rules, "reserved", _without(rules.reserved, "caps-used")),
    "fence ignored": Bug(rules, "draw_for", _draw_on_the_fence),
    "fence refilled first": Bug(rules, "part_given_back", _back_to_the_fence_first),
    "difference kept": Bug(rules, "approved", _keep_the_difference),
    "difference released twice": Bug(rules, "approved", _release_the_difference_twice),
    "rounding up": Bug(events, "share", _share_up),
    "replayed command": Bug(posting, "_refuse_repeated", lambda *_: None),
    "replayed payout": Bug(posting, "Line", _line_without_once),
    "sent is paid": Bug(rules, "sent", _to(rules.sent, "transit", "bank")),
    "paid without the budget": Bug(rules, "booked", _without(rules.booked, "expended")),
    "refused is lost": Bug(rules, "refused", _to(rules.refused, "payable", "equity")),
    "returned stays paid": Bug(rules, "returned", _without(rules.returned, "expended")),
    "revoked stays owed": Bug(rules, "revoked", _without(rules.revoked, "available")),
    "recovery is income": Bug(
        rules, "recovery_demanded", _to(rules.recovery_demanded, "receivable", "bank")
    ),
    "repaid stays spent": Bug(rules, "repaid", _without(rules.repaid, "available")),
    "double reverse": Bug(service, "reverse_transfer", _reverse_without_a_link),
    "floor ignored": Bug(posting, "_sqlite_move", _move_without_a_floor),
    "one side moves": Bug(posting, "net_debits", _move_debits_only),
    "seal without the one before": Bug(posting, "seal", _seal_for_itself),
    "seal without the amount": Bug(posting, "seal", _seal_no_amount),
    "seal without the key": Bug(posting, "seal", _seal_with_another_key),
    "anchor skipped": Bug(service, "make_anchors", _skip_even_days),
}
