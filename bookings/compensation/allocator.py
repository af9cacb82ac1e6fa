"""Who gets the money when it is not enough for all: one pure order, which anybody can play again.

```
first-come   in the order of asking
rounds       at the end of a round, schools with fewer awards this year before those with more,
             then in the order of asking
lottery      at the end of a round, schools with fewer awards before those with more, then by lot
```
The lot is drawn before anybody knows who takes part: sha256 of a seed is published when the round
opens, the seed when it is drawn. Each request's place is then the HMAC of its id under the seed, so
every school can work out its own place, and all the others.

Nobody jumps the queue: once a request waits for a pot, nobody behind it draws on that pot, however
little they ask for. A far school that waits keeps both pots closed for those behind it, for it may
draw on both; a near one the general pot alone.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bookings.ledger.rules import Draw, draw_for
from vizium.kernel.money import Cents

_SEED_BYTES = 32


class Allocation(StrEnum):
    """How money is given out; the value that stands in a policy."""

    FIRST_COME = "first-come"
    ROUNDS = "rounds"
    LOTTERY = "lottery"


class Answer(StrEnum):
    """What a request gets."""

    RESERVED = "reserved"
    WAITS = "waits"
    CAP_REACHED = "cap_reached"


@dataclass(frozen=True, slots=True)
class AwardRequest:
    """One request that the policy grants `award_cents`, if there is money.

    `cap` names the account of its school and school year; `is_far` opens the ring-fenced pot.
    """

    id: str
    asked_at: datetime
    cap: str
    award_cents: Cents
    is_far: bool


@dataclass(frozen=True, slots=True)
class Pots:
    """What may be given out: the general part, the ring-fenced part, awards left by cap.

    A cap that is not named has `awards_per_cap` left and none taken.
    """

    available_cents: int
    reserved_far_cents: int
    awards_left: Mapping[str, int]
    awards_per_cap: int

    def left(self, cap: str) -> int:
        """Awards that a school may still get."""
        return self.awards_left.get(cap, self.awards_per_cap)


@dataclass(frozen=True, slots=True)
class Given:
    """The answer to one request; `place` counts from 1 in the order that was played."""

    request: AwardRequest
    place: int
    answer: Answer
    draw: Draw | None = None


def allocate(
    requests: Iterable[AwardRequest], pots: Pots, how: Allocation, *, seed: str = ""
) -> tuple[Given, ...]:
    """Give out the pots; the same input gives the same answer for ever.

    Args:
        requests: those that wait and those that ask, in any order.
        seed: of the lottery; else not used.

    Returns:
        One answer for each request, in the order in which they were served.
    """
    available, reserved_far = pots.available_cents, pots.reserved_far_cents
    general_open, far_open = True, True
    taken: dict[str, int] = {}
    given = []
    for place, request in enumerate(order(requests, pots, how, seed=seed), start=1):
        if taken.get(request.cap, 0) >= pots.left(request.cap):
            given.append(Given(request, place, Answer.CAP_REACHED))
            continue
        draw = draw_for(
            request.award_cents,
            available=available if general_open else 0,
            reserved_far=reserved_far if far_open else 0,
            far=request.is_far,
        )
        if draw is None:
            general_open = False
            far_open = far_open and not request.is_far
            given.append(Given(request, place, Answer.WAITS))
            continue
        available -= draw.general_cents
        reserved_far -= draw.far_cents
        taken[request.cap] = taken.get(request.cap, 0) + 1
        given.append(Given(request, place, Answer.RESERVED, draw))
    return tuple(given)


def order(
    requests: Iterable[AwardRequest], pots: Pots, how: Allocation, *, seed: str = ""
) -> list[AwardRequest]:
    """The order in which requests are served.

    A school's second request of a round stands behind every first one, as if it had an award.
    """
    came = sorted(requests, key=lambda request: (request.asked_at, request.id))
    if how is Allocation.FIRST_COME:
        return came
    assert how is Allocation.ROUNDS or seed, "a lottery has a seed"
    lots = came if how is Allocation.ROUNDS else sorted(came, key=lambda one: lot(seed, one.id))
    turns = _turns(lots, pots)
    return [request for _, request in sorted(zip(turns, lots, strict=True), key=lambda one: one[0])]


def lot(seed: str, request_id: str) -> str:
    """A request's place in a lottery: hex, the smallest first."""
    return hmac.new(seed.encode(), request_id.encode(), hashlib.sha256).hexdigest()


def new_seed() -> str:
    """A seed that nobody can guess; drawn when a round opens."""
    return secrets.token_hex(_SEED_BYTES)


def commitment(seed: str) -> str:
    """What is published of a seed before the round is drawn: its sha256 in hex."""
    return hashlib.sha256(seed.encode()).hexdigest()


def _turns(requests: Sequence[AwardRequest], pots: Pots) -> list[int]:
    """For each request how many awards its school has, counting those that stand before it."""
    seen: dict[str, int] = {}
    turns = []
    for request in requests:
        had = pots.awards_per_cap - pots.left(request.cap)
        turns.append(had + seen.get(request.cap, 0))
        seen[request.cap] = seen.get(request.cap, 0) + 1
    return turns
