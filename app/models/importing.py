"""A file that was sent: what it was read as, and what would become, or became, of each of its rows."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code, Id


class Import(Base):
    """`unit` is whose token sent it; the ministry's belong to `*`."""

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


class ImportRow(Base):
    """`report` is the row as it was understood, with its complaints; `sent` its cells, kept where it was refused."""

    __tablename__ = "import_row"
    __table_args__ = (
        CheckConstraint("outcome in ('current', 'superseded', 'unchanged', 'rejected')", name="outcome"),
        ForeignKeyConstraint(["owner", "import_id"], ["import.owner", "import.id"], ondelete="CASCADE"),
    )

    owner: Mapped[Code]
    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit: Mapped[str]
    outcome: Mapped[str]
    report: Mapped[dict[str, object]]
    sent: Mapped[dict[str, object] | None] = mapped_column(JSONB())
