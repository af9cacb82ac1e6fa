"""How many visitors stand in a gallery at an instant. Pure: seed and time decide.

closed            0
open              a trickle, fuller around noon and on free days
class in gallery  a burst of 25 minutes; more often on school mornings
"""

import random
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from vizium.kernel.clock import from_epoch_ms, to_riga

# As such a centre opens in winter: schools from nine, closed on Mondays.
_OPEN_HOURS_BY_WEEKDAY = {1: (9, 19), 2: (9, 19), 3: (9, 19), 4: (9, 19), 5: (10, 19), 6: (10, 17)}
_CLASS_STAYS_MS = 25 * 60 * 1000
_CLASS_CHANCE_SCHOOL_MORNING = 0.45
_CLASS_CHANCE_ELSE = 0.15
# A class of 25 in a gallery of twelve exhibits against a handful of families.
_CLASS_FACTOR = 3.0
# One use of an average exhibit in about two minutes.
_USES_PER_MINUTE = 0.5
BUSIEST_USES_PER_MINUTE = _USES_PER_MINUTE * 1.5 * _CLASS_FACTOR


@dataclass(frozen=True, slots=True)
class Crowd:
    """The visitors of a pretend centre."""

    seed: int
    always_open: bool = False
    """Visitors come at any hour, as a demo needs them."""

    def uses_per_minute(self, gallery: str, at_ms: int) -> float:
        """How often an average exhibit of the gallery is begun."""
        local = to_riga(from_epoch_ms(at_ms))
        ebb = 1.0 if self.always_open else _ebb(local)
        if ebb == 0.0:
            return 0.0
        burst = _CLASS_FACTOR if self._has_class(gallery, at_ms, local) else 1.0
        return _USES_PER_MINUTE * ebb * burst

    def _has_class(self, gallery: str, at_ms: int, local: datetime) -> bool:
        is_school_morning = local.weekday() < 5 and local.hour < 14
        chance = _CLASS_CHANCE_SCHOOL_MORNING if is_school_morning else _CLASS_CHANCE_ELSE
        return _draw(self.seed, gallery, at_ms // _CLASS_STAYS_MS) < chance


def _ebb(local: datetime) -> float:
    opens, closes = _OPEN_HOURS_BY_WEEKDAY.get(local.weekday(), (0, 0))
    hour = local.hour + local.minute / 60
    if not opens <= hour < closes:
        return 0.0
    fullness = 1.0 - abs(hour - 13.5) / 8.0
    return fullness * (1.5 if local.weekday() >= 5 else 1.0)


@lru_cache(maxsize=256)
def _draw(seed: int, gallery: str, slot: int) -> float:
    return random.Random(f"{seed}|{gallery}|{slot}").random()  # noqa: S311 - simulation
