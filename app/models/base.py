"""What all tables share: metadata, names of constraints, recurring column types."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, MetaData, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import UserDefinedType

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Xid8(UserDefinedType[Any]):
    """PostgreSQL's 64-bit transaction id: what the change feed is ordered by."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own convention
        str: Text(),
        datetime: DateTime(timezone=True),
        int: BigInteger(),
        dict[str, str]: JSONB(),
        dict[str, object]: JSONB(),
    }


Code = Annotated[str, mapped_column(Text(), primary_key=True)]
Id = Annotated[UUID, mapped_column(primary_key=True)]
Xid = Annotated[Any, mapped_column(Xid8(), server_default=text("pg_current_xact_id()"))]
"""The transaction that wrote the row; a savepoint inside it does not matter."""
