"""Who may see, check and decide claims; everybody else's claims do not exist."""

from bookings.compensation.queries import ClaimRow, get_claim
from vizium.auth.guards import requires
from vizium.auth.rules import MONEY_ROLES, Person, Role
from vizium.db.session import Session
from vizium.kernel.errors import NotFound

READERS = (
    Role.FINANCE_A,
    Role.FINANCE_B,
    Role.PAYER,
    Role.DIRECTOR,
    Role.AUDITOR,
    Role.ADMIN,
)
may_read = requires(*READERS)
# The service tells the two officers apart, so that the checker is told why it is not them.
may_work = requires(Role.FINANCE_A, Role.FINANCE_B, Role.ADMIN)
# The service tells makers from the one who releases.
may_pay = requires(*MONEY_ROLES, Role.ADMIN)
may_set_payer = requires(Role.DIRECTOR, Role.ADMIN)
may_audit = requires(Role.AUDITOR, Role.DIRECTOR, Role.ADMIN)


def claim_of_person(session: Session, claim_id: str, person: Person) -> ClaimRow:
    """A claim that this person may see: their own, their school's, or any for finance.

    Raises:
        NotFound: ``claim``: there is none, or it is another school's.
    """
    claim = get_claim(session, claim_id[:26])
    is_own = claim.owner_person == person.id or person.is_of_school(claim.school)
    if not is_own and not person.has(*READERS):
        raise NotFound("claim")
    return claim
