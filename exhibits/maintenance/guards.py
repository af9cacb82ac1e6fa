"""Who of the staff may report a fault, and who may end one or give a verdict."""

from vizium.auth.guards import requires
from vizium.auth.rules import Role

REPORTERS = (Role.TECHNICIAN, Role.ADMIN, Role.HOST, Role.DESK)
WORKERS = (Role.TECHNICIAN, Role.ADMIN)
may_report = requires(*REPORTERS)
may_work = requires(*WORKERS)
