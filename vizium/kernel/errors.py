"""One error tree for the whole house; it knows nothing of HTTP.

```
VizError(code, **facts)
├── InvalidInput   the form again, with every field's error
├── NotFound
├── Forbidden      known person, not allowed
├── Conflict       shows the present state and what changed
│   ├── BudgetExceeded
│   └── CapacityExceeded
├── TooMany        a limit on how often; says when to come back
└── Unavailable    a server outside does not answer; a job retries it
```
`code` is the translation key and the log key, `facts` fill the translated sentence.
"""

import dataclasses
from collections.abc import Sequence


@dataclasses.dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field of a form or of a JSON body.

    `code` names a sentence in the catalogues (``field.<code>``), `facts` fill it.
    """

    field: str
    code: str
    facts: dict[str, object] = dataclasses.field(default_factory=dict)


class VizError(Exception):
    """Root of everything that vizium refuses."""

    def __init__(self, code: str, /, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts


class InvalidInput(VizError):
    """The input says something that cannot be taken; carries every field's error."""

    def __init__(self, errors: Sequence[FieldError], code: str = "invalid_input") -> None:
        super().__init__(code)
        self.errors = tuple(errors)


class NotFound(VizError):
    """There is no such thing, or not for this person."""


class Forbidden(VizError):
    """The person is known and may not do this."""


class Conflict(VizError):
    """The world changed or a rule forbids it now; `facts` show the present state."""


class BudgetExceeded(Conflict):
    """The fund, a cap or a ring-fence has less money than asked for."""


class CapacityExceeded(Conflict):
    """A room, session, host or pool has fewer places than asked for."""


class TooMany(VizError):
    """Asked too often; `retry_after_s` says when it may be asked again."""

    def __init__(self, code: str, *, retry_after_s: int) -> None:
        super().__init__(code, retry_after_s=retry_after_s)
        self.retry_after_s = retry_after_s


class Unavailable(VizError):
    """Something outside (mail server, card service, broker) does not answer."""


class SettingsError(Exception):
    """A start that cannot succeed; its text is the one sentence that says what to do."""
