"""Counts of assignments by status and deadline, and last reports, updated by every write in its transaction."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code


class TallyTable(Base):
    """A count per owner, task and deadline (`infinity` where there is none), of applicable assignments.

    `late` are those complete now, but only since after the deadline. `last_created_at` only grows.
    """

    __tablename__ = "tally"
    __table_args__ = ({"postgresql_with": {"fillfactor": "70"}},)

    owner: Mapped[Code]
    task: Mapped[Code]
    deadline: Mapped[datetime] = mapped_column(primary_key=True)
    total: Mapped[int]
    in_progress: Mapped[int]
    blocked: Mapped[int]
    returned: Mapped[int]
    completed: Mapped[int]
    verified: Mapped[int]
    late: Mapped[int]
    last_created_at: Mapped[datetime]


class LastReportTable(Base):
    """When a unit last reported."""

    __tablename__ = "last_report"
    __table_args__ = ({"postgresql_with": {"fillfactor": "70"}},)

    owner: Mapped[Code]
    unit: Mapped[Code]
    last_recorded_at: Mapped[datetime]
