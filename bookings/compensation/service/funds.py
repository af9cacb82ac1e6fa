"""Open a fund, put money in, store its rules, end its ring-fence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from bookings.compensation.models import Fund, PolicyVersion
from bookings.compensation.queries import find_policy, list_funds
from bookings.compensation.queries.payouts import PayerAccount
from bookings.compensation.tariff import Policy, PolicyError, parse_policy, policy_rules
from bookings.ledger.queries import find_balance
from bookings.ledger.rules import (
    RESERVED_FAR,
    FundEvent,
    account,
    appropriated,
    chart,
    unfenced,
)
from bookings.ledger.service import Entry, lock_ledger, open_account, open_ledger, post_transfers
from vizium.db import audit
from vizium.kernel.clock import local_date
from vizium.kernel.errors import Conflict
from vizium.kernel.money import AMOUNT_CENTS_MAX, Cents
from vizium.kernel.registers import NumberError, parse_iban


@dataclass(frozen=True, slots=True)
class OpenFund:
    """A fund for a period; `far_bp` of its money is ring-fenced for far schools.

    Without a `payer` the director names the account before the first payment.
    """

    code: str
    title_lv: str
    title_en: str
    first_day: date
    last_day: date
    appropriated_cents: Cents
    far_bp: int
    payer: PayerAccount | None = None


@dataclass(frozen=True, slots=True)
class StorePolicy:
    """A version of a fund's rules; both days belong to its validity."""

    fund: str
    version: int
    valid_from: date
    valid_to: date
    policy: Policy


def open_fund(
    session: Session, command: OpenFund, *, secret_key: str, by: str, now: datetime
) -> bool:
    """Open a fund with its accounts and its money; a fund that stands stays as it is.

    Returns:
        Whether it is new.
    """
    if session.get(Fund, command.code) is not None:
        return False
    session.add(
        Fund(
            code=command.code,
            title_lv=command.title_lv,
            title_en=command.title_en,
            first_day=command.first_day,
            last_day=command.last_day,
            opened_at=now,
            payer_name=command.payer and command.payer.name,
            payer_iban=command.payer and command.payer.iban,
            payer_bic=command.payer and command.payer.bic,
        )
    )
    open_ledger(session, command.code, secret_key=secret_key)
    for plan in chart(command.code):
        open_account(session, command.code, plan)
    postings = appropriated(command.code, command.appropriated_cents, far_bp=command.far_bp)
    entry = Entry(command.code, FundEvent.OPENED, f"fund:{command.code}", postings)
    post_transfers(session, entry, secret_key=secret_key, now=now)
    _note(session, command.code, "open_fund", by, now, cents=command.appropriated_cents)
    return True


def top_up_fund(
    session: Session, fund: str, amount: Cents, *, secret_key: str, by: str, now: datetime
) -> None:
    """Put more money into a fund, all of it for everybody."""
    postings = appropriated(fund, amount, far_bp=0)
    entry = Entry(fund, FundEvent.TOPPED_UP, f"fund:{fund}", postings)
    post_transfers(session, entry, secret_key=secret_key, now=now)
    _note(session, fund, "top_up_fund", by, now, cents=amount)


def store_policy(session: Session, command: StorePolicy, *, by: str, now: datetime) -> bool:
    """Store a version of the rules; a version that stands is never changed.

    Returns:
        Whether it is new.

    Raises:
        Conflict: ``policy_stands``: the version exists with other rules.
    """
    rules = policy_rules(command.policy)
    stored = session.get(PolicyVersion, (command.fund, command.version))
    if stored is not None:
        same = (stored.valid_from, stored.valid_to, stored.rules)
        if same != (command.valid_from, command.valid_to, rules):
            raise Conflict("policy_stands", fund=command.fund, version=command.version)
        return False
    session.add(
        PolicyVersion(
            fund=command.fund,
            version=command.version,
            valid_from=command.valid_from,
            valid_to=command.valid_to,
            rules=rules,
            author=by,
            stored_at=now,
        )
    )
    session.flush()
    _note(session, command.fund, "store_policy", by, now, version=command.version)
    return True


def load_fund(
    session: Session, data: Mapping[str, object], *, secret_key: str, by: str, now: datetime
) -> bool:
    """Open a fund and store its rules as a file such as ``fund.toml`` has them; may be repeated.

    Args:
        data: the tables ``fund`` and ``policy``; the policy's ``version``, ``valid_from`` and
            ``valid_to`` stand beside its rules. ``words`` in it are for its readers.

    Returns:
        Whether anything is new.

    Raises:
        PolicyError: what is wrong, in one sentence.
        Conflict: the version stands with other rules.
    """
    fund, rules = _table(data, "fund"), dict(_table(data, "policy"))
    rules.pop("words", None)
    version = rules.pop("version", None)
    valid_from, valid_to = rules.pop("valid_from", None), rules.pop("valid_to", None)
    policy = parse_policy({"ring_fence": None} | rules)
    if not isinstance(version, int) or version < 1:
        raise PolicyError(f"version must be a whole number from 1, not {version!r}")
    opened = open_fund(
        session,
        OpenFund(
            code=str(fund.get("code", "")),
            title_lv=str(fund.get("title_lv", "")),
            title_en=str(fund.get("title_en", "")),
            first_day=_day(fund.get("starts"), "starts"),
            last_day=_day(fund.get("ends"), "ends"),
            appropriated_cents=_cents(fund.get("appropriated_cents")),
            far_bp=policy.ring_fence.share_bp if policy.ring_fence else 0,
            payer=_payer(fund),
        ),
        secret_key=secret_key,
        by=by,
        now=now,
    )
    command = StorePolicy(
        fund=str(fund["code"]),
        version=version,
        valid_from=_day(valid_from, "valid_from"),
        valid_to=_day(valid_to, "valid_to"),
        policy=policy,
    )
    return store_policy(session, command, by=by, now=now) or opened


def is_fenced(policy: Policy, day: date) -> bool:
    """Whether money is still kept for far schools on this day."""
    return policy.ring_fence is not None and day < policy.ring_fence.until


def end_ring_fence(
    session: Session, fund: str, policy: Policy, *, secret_key: str, now: datetime
) -> Cents:
    """Give what is left of a ring-fence to everybody once its day has come.

    Returns:
        How much became available; 0 while the fence stands.
    """
    if is_fenced(policy, local_date(now)):
        return Cents(0)
    lock_ledger(session, fund)
    left = Cents(find_balance(session, account(fund, RESERVED_FAR)) or 0)
    if left:
        entry = Entry(fund, FundEvent.UNFENCED, f"fund:{fund}", unfenced(fund, left))
        post_transfers(session, entry, secret_key=secret_key, now=now)
        _note(session, fund, "end_ring_fence", "system", now, cents=left)
    return left


def sweep_ring_fences(session: Session, *, secret_key: str, now: datetime) -> None:
    """End every ring-fence whose day has come."""
    for fund in list_funds(session):
        policy = find_policy(session, fund.code, local_date(now))
        if policy is not None:
            end_ring_fence(session, fund.code, policy.policy, secret_key=secret_key, now=now)


def _note(
    session: Session, fund: str, action: str, by: str, now: datetime, **facts: object
) -> None:
    audit.record(
        session,
        by=by,
        action=f"compensation.{action}",
        subject=f"fund:{fund}",
        now=now,
        facts=facts,
    )


def _table(data: Mapping[str, object], name: str) -> Mapping[str, object]:
    table = data.get(name)
    if not isinstance(table, Mapping):
        raise PolicyError(f"the table [{name}] is missing")
    return table


def _payer(fund: Mapping[str, object]) -> PayerAccount | None:
    """The account of ``payer_name``, ``payer_iban`` and ``payer_bic``, or None without them."""
    iban = str(fund.get("payer_iban", ""))
    if not iban:
        return None
    try:
        return PayerAccount(
            str(fund.get("payer_name", "")), parse_iban(iban), str(fund.get("payer_bic", ""))
        )
    except NumberError as error:
        raise PolicyError(f"payer_iban {iban!r} is no account: {error.reason}") from error


def _day(value: object, name: str) -> date:
    if not isinstance(value, date):
        raise PolicyError(f"{name} must be a date such as 2026-09-01, not {value!r}")
    return value


def _cents(value: object) -> Cents:
    if not isinstance(value, int) or not 0 < value <= AMOUNT_CENTS_MAX:
        raise PolicyError(f"appropriated_cents must be a whole number of cents, not {value!r}")
    return Cents(value)
