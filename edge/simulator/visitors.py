"""What the visitors of one exhibit do: come, press, go. Repeatable by seed.

nobody --arrival--> using --press--> using --last second--> nobody
          |                 |                  |
     power up, press     ev press        use, power down
"""

import random
from dataclasses import dataclass
from math import log

from edge.simulator.crowd import BUSIEST_USES_PER_MINUTE, Crowd
from edge.simulator.roster import PretendExhibit
from edge.wire.messages import Event, Metrics, RecordBody, UsageEnd, Use

_DWELL_MEDIAN_S = 55.0
_DWELL_SPREAD = 0.6
_DWELL_S_MIN = 8.0
_DWELL_S_MAX = 600.0
_BETWEEN_PRESSES_S = 7.0
_IDLE_POWER_SHARE = 0.2
_LANGUAGES = ("lv", "en", "ru")
_LANGUAGE_WEIGHTS = (70, 18, 12)
_ENDS = (UsageEnd.IDLE, UsageEnd.COMPLETE, UsageEnd.RESET)
_END_WEIGHTS = (6, 3, 1)
_KEYS = ("start", "left", "right", "again")


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened at the exhibit."""

    at_ms: int
    body: RecordBody


@dataclass(slots=True)
class _Visit:
    number: int
    started_ms: int
    ends_ms: int
    language: str
    acts: int = 1


class Visitors:
    """The stream of visitors of one exhibit; ``due_ms`` is when to ask again."""

    def __init__(
        self, exhibit: PretendExhibit, crowd: Crowd, *, start_ms: int, speed: float = 1.0
    ) -> None:
        self._exhibit = exhibit
        self._crowd = crowd
        self._start_ms = start_ms
        self._speed = speed
        self._chance = random.Random(f"{crowd.seed}|{exhibit.code}|{start_ms}")  # noqa: S311
        self._visit: _Visit | None = None
        self._visits = 0
        self.last_use_ms: int | None = None
        self.due_ms = start_ms
        self._wait_for_arrival(start_ms)

    @property
    def power_w(self) -> float:
        """What the exhibit draws now."""
        share = _IDLE_POWER_SHARE if self._visit is None else 1.0
        return round(self._exhibit.power_w * share * self._chance.uniform(0.97, 1.03), 1)

    def step(self, now_ms: int) -> list[Fact]:
        """What happened up to now, in order."""
        facts: list[Fact] = []
        while self.due_ms <= now_ms:
            at_ms = self.due_ms
            visit = self._visit
            if visit is None:
                facts += self._maybe_arrive(at_ms)
            elif at_ms >= visit.ends_ms:
                facts += self._leave(visit, at_ms)
            else:
                facts.append(self._press(visit, at_ms))
        return facts

    def send_away(self, now_ms: int) -> None:
        """The exhibit broke or went dark: the visitor leaves and nobody comes for a while."""
        self._visit = None
        self._wait_for_arrival(now_ms)

    def _maybe_arrive(self, at_ms: int) -> list[Fact]:
        crowd_ms = self._start_ms + int((at_ms - self._start_ms) * self._speed)
        share = self._crowd.uses_per_minute(self._exhibit.gallery, crowd_ms)
        if self._chance.random() >= share / BUSIEST_USES_PER_MINUTE:
            self._wait_for_arrival(at_ms)
            return []
        dwell_s = self._chance.lognormvariate(log(_DWELL_MEDIAN_S), _DWELL_SPREAD)
        dwell_s = min(max(dwell_s, _DWELL_S_MIN), _DWELL_S_MAX)
        language = self._chance.choices(_LANGUAGES, _LANGUAGE_WEIGHTS)[0]
        self._visits += 1
        self._visit = _Visit(self._visits, at_ms, at_ms + self._real_ms(dwell_s), language)
        self._wait_for_press(self._visit, at_ms)
        return [Fact(at_ms, Event("press", "start")), self._power(at_ms)]

    def _press(self, visit: _Visit, at_ms: int) -> Fact:
        visit.acts += 1
        self._wait_for_press(visit, at_ms)
        return Fact(at_ms, Event("press", self._chance.choice(_KEYS)))

    def _leave(self, visit: _Visit, at_ms: int) -> list[Fact]:
        self._visit = None
        self.last_use_ms = at_ms
        self._wait_for_arrival(at_ms)
        use = Use(
            id=f"{self._exhibit.code}.{self._start_ms}.{visit.number}",
            started_ms=visit.started_ms,
            ended_ms=at_ms,
            acts=visit.acts,
            end=self._chance.choices(_ENDS, _END_WEIGHTS)[0],
            language=visit.language,
        )
        return [Fact(at_ms, use), self._power(at_ms)]

    def _power(self, at_ms: int) -> Fact:
        return Fact(at_ms, Metrics({"power_w": self.power_w}))

    def _wait_for_arrival(self, at_ms: int) -> None:
        """Thinning: draw at the busiest rate, keep by the rate of the hour."""
        per_minute = BUSIEST_USES_PER_MINUTE * self._exhibit.popularity
        self.due_ms = at_ms + self._real_ms(self._chance.expovariate(per_minute / 60))

    def _wait_for_press(self, visit: _Visit, at_ms: int) -> None:
        wait_s = 0.8 + self._chance.expovariate(1 / _BETWEEN_PRESSES_S)
        self.due_ms = min(visit.ends_ms, at_ms + self._real_ms(wait_s))

    def _real_ms(self, seconds: float) -> int:
        return max(1, round(seconds * 1000 / self._speed))
