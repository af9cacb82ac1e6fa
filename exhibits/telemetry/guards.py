"""Who may see the floor, and who may try a dead letter again."""

from vizium.auth.guards import requires
from vizium.auth.rules import Role

may_read = requires(
    Role.TECHNICIAN,
    Role.COORDINATOR,
    Role.HOST,
    Role.DESK,
    Role.DIRECTOR,
    Role.ADMIN,
    Role.AUDITOR,
)
may_replay = requires(Role.TECHNICIAN, Role.ADMIN)
