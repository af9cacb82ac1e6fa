"""What happens to people, what lets them in, and what they give to programs.

```
people    invite, change, deactivate      signing   links by mail, sessions
tokens    for programs                    links     lasting links that can be revoked
```
"""

from vizium.auth.service.links import is_link_key, link_key, revoke_link
from vizium.auth.service.people import (
    ChangePerson,
    NewPerson,
    PersonCommand,
    change_person,
    deactivate_person,
    end_sessions,
    invite_again,
    invite_person,
    reactivate_person,
    save_person,
)
from vizium.auth.service.signing import (
    LINK_KEPT,
    SESSION_KEPT,
    SignedInSession,
    ask_link,
    end_session,
    make_link,
    sweep_sessions,
    use_link,
)
from vizium.auth.service.tokens import make_token, revoke_token, revoke_tokens

__all__ = [
    "LINK_KEPT",
    "SESSION_KEPT",
    "ChangePerson",
    "NewPerson",
    "PersonCommand",
    "SignedInSession",
    "ask_link",
    "change_person",
    "deactivate_person",
    "end_session",
    "end_sessions",
    "invite_again",
    "invite_person",
    "is_link_key",
    "link_key",
    "make_link",
    "make_token",
    "reactivate_person",
    "revoke_link",
    "revoke_token",
    "revoke_tokens",
    "save_person",
    "sweep_sessions",
    "use_link",
]
