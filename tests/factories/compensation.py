"""Funds, visits by bus, invoices and people of the office, for tests."""

import itertools
from datetime import date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bookings.compensation.queries import ClaimRow, get_claim_of_visit
from bookings.compensation.rules import Filing, Invoice
from bookings.compensation.service import (
    AddEvidence,
    CheckClaim,
    FileClaim,
    FundDesk,
    OpenFund,
    StorePolicy,
    add_evidence,
    check_claim,
    file_claim,
    open_fund,
    store_policy,
)
from bookings.compensation.tariff import Band, Policy, RingFence
from bookings.schools.models import School
from bookings.schools.rules import DistanceSource, SchoolKind
from bookings.visits.models import ActivitySession, Arrival, Visit, VisitStop
from bookings.visits.planner.plan import StopKind
from bookings.visits.queries import VisitRow, get_visit_by_id
from bookings.visits.rules import Funding, TransportState, VisitState
from tests.factories.visits import given_centre, given_session
from vizium.auth.rules import Person, Role
from vizium.files.service import StoredFile
from vizium.kernel.clock import from_wall
from vizium.kernel.ids import new_id, new_reference
from vizium.kernel.money import Cents
from vizium.settings import Settings

FUND = "test-fund"
# A Tuesday before the `now` of tests, so that its invoice is not of the future.
TRIP_DAY = date(2027, 1, 26)
_TRIP_START = from_wall(TRIP_DAY, time(10))
IBAN = "LV80BANK0000435195001"
POLICY = Policy(
    allocation="first-come",
    institution_in_register=True,
    pupils_min=10,
    programmes_min=1,
    trips_per_visit=2,
    rate_cents_per_km=Cents(150),
    trip_cap_cents=Cents(90_000),
    bands=(Band(0, 59_999, 5000), Band(60_000, 200_000, 7500), Band(200_001, None, 9000)),
    awards_per_school_year=2,
    claim_days=30,
    ring_fence=RingFence(share_bp=3000, beyond_m=200_000, until=date(2027, 3, 1)),
)
SETTINGS = Settings(
    data_dir=Path("unused"),
    database_url="unused",
    mqtt_url="unused",
    mqtt_embedded=False,
    host="127.0.0.1",
    port=8000,
    base_url="http://vizium.example",
    secret_key="a-key-for-tests-only-of-32-characters",
    smtp_url="",
    mail_from="VIZIUM <vizium@vizium.example>",
    trust_proxy=False,
    stripe_key="",
    stripe_webhook_secret="",
    log_level="info",
)
DESK = FundDesk(SETTINGS)
_numbers = itertools.count(1)


def given_person(role: Role, *, number: int = 1, school: str | None = None) -> Person:
    """Somebody with one role, known to nobody but the test."""
    return Person(
        id=f"{role.value}-{number}",
        name=f"{role.value} {number}",
        email=f"{role.value}{number}@vizium.example",
        roles=frozenset({role}),
        school=school,
        language="lv",
    )


def given_fund(
    session: Session, *, cents: int, now: datetime, policy: Policy = POLICY, far_bp: int = 3000
) -> str:
    """A fund for the school year 2026/2027 with the first rules."""
    command = OpenFund(
        code=FUND,
        title_lv="Izmēģinājuma fonds",
        title_en="Trial fund",
        first_day=date(2026, 9, 1),
        last_day=date(2027, 8, 31),
        appropriated_cents=Cents(cents),
        far_bp=far_bp,
    )
    open_fund(session, command, secret_key=SETTINGS.secret_key, by="test", now=now)
    version = StorePolicy(FUND, 1, date(2026, 9, 1), date(2027, 8, 31), policy)
    store_policy(session, version, by="test", now=now)
    return FUND


def given_school_at(session: Session, distance_m: int | None, *, now: datetime) -> str:
    """A school so far away; its registration number is new in each call."""
    register_no = f"32{next(_numbers):08d}"
    session.add(
        School(
            register_no=register_no,
            name=f"Parauga skola {register_no}",
            kind=SchoolKind.BASIC,
            address="",
            settlement="",
            place=None,
            municipality=None,
            distance_m=distance_m,
            distance_source=None if distance_m is None else DistanceSource.MANUAL,
            email=None,
            phone=None,
            active=True,
            search=register_no,
            changed_at=now,
        )
    )
    session.flush()
    return register_no


def given_trip(
    session: Session,
    school: str,
    *,
    now: datetime,
    pupils: int = 25,
    activity: str | None = "T-07",
) -> VisitRow:
    """A confirmed visit of a school that wants its bus paid; takes no places."""
    visit_id = new_id(now)
    values = {
        "id": visit_id,
        "reference": new_reference("VZ"),
        "state": VisitState.CONFIRMED,
        "version": 2,
        "school": school,
        "local_date": TRIP_DAY,
        "groups": [{"grade": 5, "pupils": pupils}],
        "pupils": pupils,
        "adults": 3,
        "language": "lv",
        "page_language": "lv",
        "contact_name": "Anna Parauga",
        "contact_email": "anna@example.lv",
        "contact_phone": "+37120000001",
        "price_cents": 0,
        "transport_state": TransportState.WANTED,
        "award_cents": 0,
        "transport_reasons": [],
        "expires_at": None,
        "extensions": 0,
        "owner_person": None,
        "created_at": now,
        "subgroups": [{"pupils": pupils, "adults": 3}],
        "wishes": [],
        "galleries": [],
        "needs": [],
        "bus_arrives": None,
        "bus_departs": None,
        "arrive_at": _TRIP_START,
        "leave_at": _TRIP_START + timedelta(hours=2),
        "funding": Funding.FUND,
        "fee_cents": 0,
        "no_show_fee_cents": 0,
        "approver_email": None,
    }
    session.execute(insert(Visit), [values])
    if activity is not None:
        stop = {
            "id": new_id(now),
            "visit": visit_id,
            "position": 0,
            "kind": StopKind.PROGRAMME,
            "code": activity,
            "session": _session_of(session, activity, now),
            "rooms": [],
            "host": None,
            "machines": [],
            "start": _TRIP_START,
            "end": _TRIP_START + timedelta(hours=1),
            "who": [0],
            "pupils": pupils,
            "adults": 3,
        }
        session.execute(insert(VisitStop), [stop])
    return get_visit_by_id(session, visit_id)


def given_arrival(session: Session, visit: VisitRow, *, pupils: int, now: datetime) -> None:
    """The class came, and its claim is open."""
    session.add(
        Arrival(
            id=new_id(now),
            visit=visit.id,
            nonce=new_id(now),
            pupils=pupils,
            adults=3,
            at=now,
            recorded_at=now,
            recorded_by="desk",
            offline=False,
            flags=[],
        )
    )
    session.flush()
    DESK.open_claim(session, visit, now=now)


def given_open_claim(
    session: Session, *, now: datetime, distance_m: int = 190_000, pupils: int = 25
) -> ClaimRow:
    """A claim whose class has been here; needs a fund."""
    visit = given_trip(session, given_school_at(session, distance_m, now=now), now=now)
    DESK.reserve(session, visit, now=now)
    given_arrival(session, visit, pupils=pupils, now=now)
    return get_claim_of_visit(session, visit.id)


def given_filing(
    *, total_cents: int = 57_000, km: int = 380, cofunding_cents: int = 0, number: str = "AB-1"
) -> Filing:
    """An invoice for the bus."""
    return Filing(
        invoice=Invoice("40003000001", number, TRIP_DAY, Cents(total_cents)),
        km=km,
        iban=IBAN,
        cofunding_cents=Cents(cofunding_cents),
        supplier_name="SIA Parauga autobuss",
    )


def given_file(content: str = "a") -> StoredFile:
    """A file that was checked and kept."""
    sha256 = content * 64
    return StoredFile(sha256, sha256, "application/pdf", 1000, ())


def given_filed_claim(
    session: Session, *, now: datetime, filing: Filing | None = None, distance_m: int = 190_000
) -> ClaimRow:
    """A claim with invoice and evidence, waiting for its check."""
    claim = given_open_claim(session, now=now, distance_m=distance_m)
    add_evidence(session, AddEvidence(claim.id, "rekins.pdf", given_file()), by="school", now=now)
    command = FileClaim(claim.id, filing or given_filing())
    return file_claim(session, command, by="school", settings=SETTINGS, now=now)


def given_checked_claim(
    session: Session, *, now: datetime, filing: Filing | None = None, distance_m: int = 190_000
) -> ClaimRow:
    """A claim that officer A has checked."""
    claim = given_filed_claim(session, now=now, filing=filing, distance_m=distance_m)
    return check_claim(session, CheckClaim(claim.id), by=given_person(Role.FINANCE_A), now=now)


def _session_of(session: Session, activity: str, now: datetime) -> str:
    session_id = f"{activity}.{TRIP_DAY:%Y%m%d}.1000"
    if session.get(ActivitySession, session_id) is None:
        given_centre(session, now=now)
        given_session(session, activity, day=TRIP_DAY, now=now)
    return session_id


def sample_iban(number: int) -> str:
    """A made-up Latvian account, of a bank that does not exist, with right check digits."""
    bban = f"BANK{number:013d}"
    remainder = int("".join(str(int(letter, 36)) for letter in f"{bban}LV00")) % 97
    return f"LV{98 - remainder:02d}{bban}"
