"""Who of the staff may see the centre's resources, and who may change them."""

from vizium.auth.guards import opens, requires
from vizium.auth.rules import Desk, Role

EDITORS = (Role.COORDINATOR, Role.ADMIN)
may_look = opens(Desk.RESOURCES)
may_edit = requires(*EDITORS)
