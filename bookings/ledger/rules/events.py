"""What happens to the money of a fund, as postings; one function for each event of the design.

```
                          budget book                money book
E0  opened, topped up     available / appropriated   bank / equity
E1  reserved              encumbered / available
E2  released              available / encumbered
E3  approved              obligated / encumbered     expense / payable
E4  sent                                             payable / transit
E5  booked                expended / obligated       transit / bank
E6  refused                                          transit / payable
E7  returned              obligated / expended       bank / payable
E8  revoked               available / obligated      payable / expense
E9  recovery demanded                                receivable / expense
E10 repaid                available / expended       bank / receivable
E11 closed                appropriated / available   (equity / bank, what goes to the next period)
```
E0, E1, E2 and E11 use both pots of what is available; E1 and E2 the school's cap too.
"""

from dataclasses import dataclass
from enum import StrEnum

from bookings.ledger.rules import accounts as a
from bookings.ledger.rules.postings import Posting
from vizium.kernel.money import Cents, share


class FundEvent(StrEnum):
    """Why money moved; the word that stands on the transfers."""

    OPENED = "opened"
    TOPPED_UP = "topped_up"
    CAP_GRANTED = "cap_granted"
    RESERVED = "reserved"
    RELEASED = "released"
    APPROVED = "approved"
    UNFENCED = "unfenced"
    SENT = "sent"
    BOOKED = "booked"
    REFUSED = "refused"
    RETURNED = "returned"
    REVOKED = "revoked"
    RECOVERY_DEMANDED = "recovery_demanded"
    REPAID = "repaid"
    CLOSED = "closed"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class Draw:
    """An amount by the pots that it comes from, or goes back to."""

    general_cents: Cents
    far_cents: Cents

    @property
    def total_cents(self) -> Cents:
        """Both pots together."""
        return Cents(self.general_cents + self.far_cents)


def appropriated(fund: str, amount: Cents, *, far_bp: int) -> tuple[Posting, ...]:
    """E0: money is put into the fund; `far_bp` of it is kept for far schools."""
    far = share(amount, far_bp)
    return _postings(
        fund,
        (a.AVAILABLE, a.APPROPRIATED, amount - far),
        (a.RESERVED_FAR, a.APPROPRIATED, far),
        (a.BANK, a.EQUITY, amount),
    )


def cap_granted(fund: str, cap: str, awards: int) -> tuple[Posting, ...]:
    """A school's cap is opened with the awards that the policy allows in a year."""
    return (Posting(cap, a.account(fund, a.CAPS_GRANTED), awards),)


def reserved(fund: str, draw: Draw, cap: str) -> tuple[Posting, ...]:
    """E1: an award is reserved, from the general and the ring-fenced part and the school's cap."""
    return (*_taken(fund, draw), Posting(a.account(fund, a.CAPS_USED), cap, 1))


def released(fund: str, back: Draw, cap: str) -> tuple[Posting, ...]:
    """E2: an award is withdrawn, lapsed or rejected; money and cap are free again."""
    return (*_given_back(fund, back), Posting(cap, a.account(fund, a.CAPS_USED), 1))


def approved(fund: str, amount: Cents, back: Draw, more: Draw | None = None) -> tuple[Posting, ...]:
    """E3: `amount` is owed to the school.

    Args:
        back: what of the reserve is not needed and is free again at once.
        more: what is taken in addition, where a decision grants more than was reserved.
    """
    return (
        *(() if more is None else _taken(fund, more)),
        *_postings(fund, (a.OBLIGATED, a.ENCUMBERED, amount), (a.EXPENSE, a.PAYABLE, amount)),
        *_given_back(fund, back),
    )


def unfenced(fund: str, amount: Cents) -> tuple[Posting, ...]:
    """The ring-fence has ended: what is left of it is available to all."""
    return _postings(fund, (a.AVAILABLE, a.RESERVED_FAR, amount))


def sent(fund: str, amount: Cents) -> tuple[Posting, ...]:
    """E4: the payment is in a file that a third person has released to the bank."""
    return _postings(fund, (a.PAYABLE, a.TRANSIT, amount))


def booked(fund: str, amount: Cents) -> tuple[Posting, ...]:
    """E5: the bank's statement shows that the money has left."""
    return _postings(fund, (a.EXPENDED, a.OBLIGATED, amount), (a.TRANSIT, a.BANK, amount))


def refused(fund: str, amount: Cents) -> tuple[Posting, ...]:
    """E6: the bank has not carried the payment out; it is owed as before."""
    return _postings(fund, (a.TRANSIT, a.PAYABLE, amount))


def returned(fund: str, amount: Cents) -> tuple[Posting, ...]:
    """E7: money that had left came back, all or a part; it is owed again."""
    return _postings(fund, (a.OBLIGATED, a.EXPENDED, amount), (a.BANK, a.PAYABLE, amount))


def revoked(fund: str, amount: Cents) -> tuple[Posting, ...]:
    """E8: a decision is taken back before the payment."""
    return _postings(fund, (a.AVAILABLE, a.OBLIGATED, amount), (a.PAYABLE, a.EXPENSE, amount))


def recovery_demanded(fund: str, amount: Cents) -> tuple[Posting, ...]:
    """E9: the school must pay back what it has got; it stays expended until it has."""
    return _postings(fund, (a.RECEIVABLE, a.EXPENSE, amount))


def repaid(fund: str, amount: Cents) -> tuple[Posting, ...]:
    """E10: the school has paid back; the money is available again."""
    return _postings(fund, (a.AVAILABLE, a.EXPENDED, amount), (a.BANK, a.RECEIVABLE, amount))


def closed(fund: str, left: Draw, *, carried: Cents | None = None) -> tuple[Posting, ...]:
    """E11: the appropriation of a period ends with what is `left` of it.

    Args:
        carried: what of the money leaves the fund's bank account for the next period; None: it
            stays, for whoever has put it in to take back.
    """
    return _postings(
        fund,
        (a.APPROPRIATED, a.AVAILABLE, left.general_cents),
        (a.APPROPRIATED, a.RESERVED_FAR, left.far_cents),
        (a.EQUITY, a.BANK, carried or 0),
    )


def draw_for(amount: Cents, *, available: int, reserved_far: int, far: bool) -> Draw | None:
    """Where an award comes from, or None if the fund has too little for this school.

    A far school uses the ring-fenced part first: the fence is a floor under what far schools
    get, and leaves as much as possible to all others.
    """
    far_cents = Cents(min(amount, reserved_far)) if far else Cents(0)
    general_cents = Cents(amount - far_cents)
    return Draw(general_cents, far_cents) if general_cents <= available else None


def part_given_back(draw: Draw, kept: Cents, *, fenced: bool) -> Draw:
    """What of a draw returns, and where, when only `kept` of it is needed.

    The ring-fenced part was used first, so it returns last; after the fence has ended all of it
    returns to the general part.
    """
    assert 0 <= kept <= draw.total_cents
    back = Cents(draw.total_cents - kept)
    general = min(back, draw.general_cents) if fenced else back
    return Draw(Cents(general), Cents(back - general))


def _taken(fund: str, draw: Draw) -> tuple[Posting, ...]:
    return _postings(
        fund,
        (a.ENCUMBERED, a.AVAILABLE, draw.general_cents),
        (a.ENCUMBERED, a.RESERVED_FAR, draw.far_cents),
    )


def _given_back(fund: str, back: Draw) -> tuple[Posting, ...]:
    return _postings(
        fund,
        (a.AVAILABLE, a.ENCUMBERED, back.general_cents),
        (a.RESERVED_FAR, a.ENCUMBERED, back.far_cents),
    )


def _postings(fund: str, *moves: tuple[str, str, int]) -> tuple[Posting, ...]:
    return tuple(
        Posting(a.account(fund, debit), a.account(fund, credit), amount)
        for debit, credit, amount in moves
        if amount
    )
