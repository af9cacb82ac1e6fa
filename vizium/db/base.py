"""The declarative base: one type map and one naming of constraints for every table.

Constraints are named for the rule they hold: ``CheckConstraint("used <= capacity",
name="within_capacity")`` becomes ``ck_resources_cell_within_capacity``.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import JSON, BigInteger, Enum, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase

from vizium.db.types import UtcInstant
from vizium.kernel.money import Cents

_WORD_LENGTH_MAX = 32


class Base(DeclarativeBase):
    """Root of all tables; `Mapped[...]` types choose the column types."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        datetime: UtcInstant(),
        Cents: BigInteger(),
        str: Text(),
        dict[str, object]: JSON(),
        list[object]: JSON(),
        list[str]: JSON(),
        list[int]: JSON(),
        StrEnum: Enum(
            StrEnum,
            native_enum=False,
            create_constraint=True,
            length=_WORD_LENGTH_MAX,
            values_callable=lambda words: [word.value for word in words],
            validate_strings=True,
        ),
    }


Id = String(26)
"""Column type of a ULID."""
