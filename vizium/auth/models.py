"""People, their roles, sessions, sign-in links and API tokens; secrets only as digests."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from vizium.auth.rules import Role
from vizium.db.base import Base, Id


class PersonAccount(Base):
    """A person who may sign in."""

    __tablename__ = "auth_person"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    language: Mapped[str]
    school: Mapped[str | None]
    active: Mapped[bool]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class PersonRole(Base):
    """A role that a person has."""

    __tablename__ = "auth_role"

    person: Mapped[str] = mapped_column(Id, ForeignKey("auth_person.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(primary_key=True)


class SignInLink(Base):
    """A link that was mailed; good once and for a short time."""

    __tablename__ = "auth_link"

    digest: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(Id, ForeignKey("auth_person.id"))
    next_path: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class WebSession(Base):
    """A browser that is signed in; its id is minted here and never taken from the client."""

    __tablename__ = "auth_session"

    digest: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(Id, ForeignKey("auth_person.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ApiToken(Base):
    """A program that acts for a person."""

    __tablename__ = "auth_token"

    digest: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(Id, ForeignKey("auth_person.id"), index=True)
    name: Mapped[str]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class LinkVersion(Base):
    """How often the links to a subject were made anew; older ones open nothing."""

    __tablename__ = "auth_link_version"

    purpose: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
