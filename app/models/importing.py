"""A file that was sent, its rows, and what is remembered of it for later files."""

import datetime as dt
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code, Id


class ImportTable(Base):
    """`unit` is whose token sent it; the ministry's belong to `*`. `columns` are those that its sender explained.

    One that was undone is still `committed`: it was, and says when it was taken back.
    """

    __tablename__ = "import"
    __table_args__ = (CheckConstraint("state in ('previewed', 'committed')", name="state"),)

    owner: Mapped[Code]
    id: Mapped[Id]
    unit: Mapped[str]
    token: Mapped[str]
    state: Mapped[str]
    source: Mapped[str]
    read_as: Mapped[dict[str, object]]
    headers: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    counts: Mapped[dict[str, object]]
    created_at: Mapped[datetime]
    committed_at: Mapped[datetime | None]
    digest: Mapped[bytes] = mapped_column(server_default="")
    size: Mapped[int] = mapped_column(server_default="0")
    templates: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default="{}")
    times_as_sent: Mapped[bool] = mapped_column(server_default="false")
    warnings: Mapped[list[object]] = mapped_column(JSONB(), server_default="[]")
    columns: Mapped[dict[str, object]] = mapped_column(server_default="{}")
    undone_at: Mapped[datetime | None]
    undo: Mapped[dict[str, object] | None] = mapped_column(JSONB())


class ImportRowTable(Base):
    """`report` is the row as it was understood, with its complaints; `sent` its cells, kept where it was refused.

    `place` counts the rows of a file through all its sheets.
    """

    __tablename__ = "import_row"
    __table_args__ = (
        CheckConstraint("outcome in ('current', 'superseded', 'unchanged', 'rejected')", name="outcome"),
        ForeignKeyConstraint(["owner", "import_id"], ["import.owner", "import.id"], ondelete="CASCADE"),
    )

    owner: Mapped[Code]
    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit: Mapped[str]
    outcome: Mapped[str]
    report: Mapped[dict[str, object]]
    sent: Mapped[dict[str, object] | None] = mapped_column(JSONB())


class _RowContent:
    """What a row of a file said of an assignment."""

    status: Mapped[str]
    effective_at: Mapped[datetime | None]
    note: Mapped[str | None]
    evidence: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    document_number: Mapped[str | None]
    document_date: Mapped[dt.date | None]


class LastRowTable(_RowContent, Base):
    """The last row of a committed file about an assignment. `sender` is the unit whose token sent it, or `*`."""

    __tablename__ = "last_row"
    __table_args__ = (Index(None, "owner", "import_id"),)

    owner: Mapped[Code]
    task: Mapped[Code]
    unit: Mapped[Code]
    token: Mapped[Code]
    import_id: Mapped[Id]
    sender: Mapped[str]
    committed_at: Mapped[datetime]
    digest: Mapped[bytes]
    undone: Mapped[bool]


class RefusedRowTable(_RowContent, Base):
    """The last row of a token's files about an assignment, where it was refused because of what had been reported."""

    __tablename__ = "refused_row"

    owner: Mapped[Code]
    task: Mapped[Code]
    unit: Mapped[Code]
    token: Mapped[Code]
    sender: Mapped[str]
    refused_since: Mapped[datetime]


class ImportColumnTable(Base):
    """What a header means to a unit, said once and remembered: a field, or `-` for none."""

    __tablename__ = "import_column"

    owner: Mapped[Code]
    unit: Mapped[Code]
    header: Mapped[Code]
    field: Mapped[str]
    token: Mapped[str]
    created_at: Mapped[datetime]
