"""The centre's own rules of visiting: one dated value, never scattered constants."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from vizium.kernel.clock import local_date
from vizium.kernel.errors import FieldError, InvalidInput
from vizium.kernel.money import Cents, share

PRESCHOOL = 0
# The whole price, in basis points.
FULL_BP = 10_000
# No rule of the centre counts further; above it somebody mistyped.
_WHOLE_MOST = 100_000


@dataclass(frozen=True, slots=True)
class FeeStep:
    """Who cancels at least so many days before owes this share of the price (basis points)."""

    days_before: int
    share_bp: int


@dataclass(frozen=True, slots=True)
class VisitPolicy:
    """The centre's own rules of visiting; all of them assumptions until the centre says.

    `fee_steps` are sorted, the earliest day first. `reminder_days` are days before the visit.
    Letters that can wait do not leave between `quiet_from` and `quiet_until` (wall times), on
    `quiet_weekdays` (ISO, 7 is Sunday) or on public holidays.

    A waiting class uses room well if it has `best_fit_percent` of the pupils of the largest that
    fits. Its `offer` counts from the letter, ends at the latest `offer_ends_before` the visit, and
    is not made if that leaves less than `offer_least`. Who lets `offers_missed_max` pass leaves the
    list.

    Who does not come owes `no_show_fee_bp` (basis points) of the price, beside what late changes
    cost: as much as whoever cancels on the day itself, so that cancelling is never the dearer way.

    A host is written to of what is new in the next `host_news_days` (0: today alone), once it has
    stood still for `host_news_settle`.
    """

    hold: timedelta = timedelta(minutes=30)
    extensions_max: int = 11
    provisional: timedelta = timedelta(days=14)
    arrive_early: timedelta = timedelta(minutes=15)
    walk: timedelta = timedelta(minutes=10)
    pupils_per_adult_preschool: int = 5
    pupils_per_adult_basic: int = 10
    pupils_per_adult_secondary: int = 20
    adults_max: int = 100
    free_change_days: int = 14
    fee_steps: tuple[FeeStep, ...] = (FeeStep(14, 0), FeeStep(7, 2_500), FeeStep(0, 5_000))
    reminder_days: tuple[int, ...] = (7, 2)
    quiet_from: time = time(20, 0)
    quiet_until: time = time(7, 0)
    quiet_weekdays: tuple[int, ...] = (7,)
    best_fit_percent: int = 80
    offer: timedelta = timedelta(hours=48)
    offer_ends_before: timedelta = timedelta(hours=24)
    offer_least: timedelta = timedelta(hours=12)
    offers_missed_max: int = 2
    waiting_days_max: int = 14
    no_show_fee_bp: int = 5_000
    host_news_days: int = 3
    host_news_settle: timedelta = timedelta(minutes=10)

    def pupils_per_adult(self, grade: int) -> int:
        """How many pupils of a grade one adult may bring."""
        if grade == PRESCHOOL:
            return self.pupils_per_adult_preschool
        return self.pupils_per_adult_basic if grade <= 9 else self.pupils_per_adult_secondary


POLICY = VisitPolicy()
_Rules = TypeVar("_Rules")


def cancellation_fee(
    price: Cents, day: date, *, now: datetime, policy: VisitPolicy = POLICY
) -> Cents:
    """What a school owes that cancels a confirmed visit now; days are days of the calendar."""
    days_before = max((day - local_date(now)).days, 0)
    for step in policy.fee_steps:
        if days_before >= step.days_before:
            return share(price, step.share_bp)
    return share(price, policy.fee_steps[-1].share_bp) if policy.fee_steps else Cents(0)


def no_show_fee(price: Cents, policy: VisitPolicy = POLICY) -> Cents:
    """What a school owes whose class did not come, and which did not cancel."""
    return share(price, policy.no_show_fee_bp)


def with_values(standing: _Rules, values: Mapping[str, object]) -> _Rules:
    """Rules with some of their values replaced by what JSON says of them.

    A length of time is said in minutes, a wall time as ``HH:MM``, a step as ``[days, share]``.

    Raises:
        InvalidInput: an unknown name (``rule_unknown``) or a value that it cannot take
            (``rule_not_understood``); every one of them.
    """
    known = {field.name: getattr(standing, field.name) for field in fields(standing)}  # type: ignore[arg-type]
    errors: list[FieldError] = []
    changes: dict[str, object] = {}
    for name, value in values.items():
        if name not in known:
            errors.append(FieldError(name, "rule_unknown"))
            continue
        try:
            changes[name] = _read(known[name], value)
        except (TypeError, ValueError):
            errors.append(FieldError(name, "rule_not_understood"))
    if errors:
        raise InvalidInput(errors)
    return replace(standing, **changes)  # type: ignore[type-var]


def values_of(rules: object) -> dict[str, object]:
    """All values of rules as JSON says them; `with_values` reads them back."""
    return {field.name: _written(getattr(rules, field.name)) for field in fields(rules)}  # type: ignore[arg-type]  # a dataclass


def _written(value: object) -> object:
    if isinstance(value, timedelta):
        return value // timedelta(minutes=1)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, FeeStep):
        return [value.days_before, value.share_bp]
    return [_written(one) for one in value] if isinstance(value, tuple) else value


def check_policy(policy: VisitPolicy) -> list[FieldError]:
    """What cannot be meant, though each value could be; fields are called as in the form."""
    ratios = ("preschool", "basic", "secondary")
    errors = [
        FieldError(f"visit_pupils_per_adult_{level}", "rule_one_or_more")
        for level in ratios
        if getattr(policy, f"pupils_per_adult_{level}") < 1
    ]
    days = [step.days_before for step in policy.fee_steps]
    shares = [step.share_bp for step in policy.fee_steps]
    if len(set(days)) < len(days):
        errors.append(FieldError("visit_fee_steps", "fee_step_twice"))
    elif any(share > FULL_BP for share in shares):
        errors.append(FieldError("visit_fee_steps", "fee_share_too_high"))
    elif shares != sorted(shares):
        errors.append(FieldError("visit_fee_steps", "fee_falls"))
    if policy.no_show_fee_bp > FULL_BP:
        errors.append(FieldError("visit_no_show_fee_bp", "fee_share_too_high"))
    if policy.hold <= timedelta():
        errors.append(FieldError("visit_hold", "rule_one_or_more"))
    if policy.offer < policy.offer_least:
        errors.append(FieldError("visit_offer", "offer_below_least"))
    return errors


def _read(standing: object, value: object) -> object:
    """A value of JSON in the kind of the standing one."""
    if isinstance(standing, time):
        return time.fromisoformat(str(value))
    if isinstance(standing, tuple):
        if not isinstance(value, list):
            raise TypeError
        if standing and isinstance(standing[0], FeeStep):
            steps = [FeeStep(_whole(days), _whole(share_bp)) for days, share_bp in value]
            return tuple(sorted(steps, key=lambda step: -step.days_before))
        return tuple(_whole(one) for one in value)
    return timedelta(minutes=_whole(value)) if isinstance(standing, timedelta) else _whole(value)


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _WHOLE_MOST:
        raise ValueError
    return value
