"""What was reported about an assignment and when it became true. Append-only."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from app.models.assignment import STATUS
from app.models.base import Base, Code, Id, Xid


class StatusUpdateTable(Base):
    """The id is a UUIDv7 made from `recorded_at`, so the order by id is the order of recording.

    `import_id` is the file that it came by, `undoes` the report of that file that it takes back.
    """

    __tablename__ = "status_update"
    __table_args__ = (
        CheckConstraint(STATUS, name="status"),
        CheckConstraint("effective_at <= recorded_at", name="effective_not_after_recorded"),
        Index(
            "ix_status_update_state",
            "owner",
            "task",
            "unit",
            text("effective_at desc"),
            text("recorded_at desc"),
            text("id desc"),
            postgresql_include=["status"],
        ),
        Index(None, "xid", "id"),
    )

    owner: Mapped[Code]
    id: Mapped[Id]
    task: Mapped[str]
    unit: Mapped[str]
    status: Mapped[str]
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    note: Mapped[str | None]
    evidence: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default=text("'{}'"))
    document_number: Mapped[str | None]
    document_date: Mapped[date | None]
    token: Mapped[str]
    import_id: Mapped[UUID | None]
    undoes: Mapped[UUID | None]
    xid: Mapped[Xid]
