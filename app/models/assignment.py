"""A task given to one unit, and what its ministry decided about it over time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code, Id, Xid

STATUS = "status in ('not_started', 'in_progress', 'blocked', 'completed', 'verified', 'returned')"


class AssignmentTable(Base):
    """`status` to `complete_since` are the current state: always what the history says, see updates.state_queries.

    The row is written at every report, so no index may contain a column that a report changes: with free space in
    the page PostgreSQL then updates it in place (HOT).
    """

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint(STATUS, name="status"),
        Index(None, "unit", "task"),
        Index(None, "xid"),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    owner: Mapped[Code]
    task: Mapped[str] = mapped_column(Text(), ForeignKey("task.code"), primary_key=True)
    unit: Mapped[str] = mapped_column(Text(), ForeignKey("unit.code"), primary_key=True)
    created_at: Mapped[datetime]
    deadline: Mapped[datetime | None]
    original_deadline: Mapped[datetime | None]
    not_applicable: Mapped[bool]
    responsible_office: Mapped[str | None]
    responsible_person: Mapped[str | None]
    quality_standard: Mapped[str | None]
    version: Mapped[int]
    status: Mapped[str] = mapped_column(server_default="not_started")
    effective_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime | None]
    update_id: Mapped[UUID | None]
    complete_since: Mapped[datetime | None]
    xid: Mapped[Xid]


class RulingTable(Base):
    """A deadline or `not_applicable` as it holds from `recorded_at` on. Append-only; before the first, the original."""

    __tablename__ = "ruling"
    __table_args__ = (
        ForeignKeyConstraint(["owner", "task", "unit"], ["assignment.owner", "assignment.task", "assignment.unit"]),
        Index(None, "owner", "task", "unit", "recorded_at", "id"),
        Index(None, "xid", "id"),
    )

    owner: Mapped[Code]
    id: Mapped[Id]
    task: Mapped[str]
    unit: Mapped[str]
    recorded_at: Mapped[datetime]
    deadline: Mapped[datetime | None]
    not_applicable: Mapped[bool]
    reason: Mapped[str | None]
    token: Mapped[str]
    xid: Mapped[Xid]
