"""A difficulty that a unit reported, with a request to an agency, and what became of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code, Id, Xid

STATE = "state in ('open', 'acknowledged', 'resolved', 'declined')"
GROUP = "\"group\" in ('infrastructure', 'systems', 'institution_staff', 'support')"


# For an earlier release, which knows no such date; it counts no holidays.
_DAY = "cast(now() at time zone 'Asia/Ho_Chi_Minh' as date)"
THIRD_WORKING_DAY = text(
    f"((({_DAY} + (array[3, 3, 5, 5, 5, 4, 3])[cast(extract(isodow from {_DAY}) as int)]) + time '23:59:59')"
    " at time zone 'Asia/Ho_Chi_Minh')"
)


class ObstacleTable(Base):
    """`state`, `answer_due` and `promised_by` are those of its last change; `version` counts the changes."""

    __tablename__ = "obstacle"
    __table_args__ = (
        CheckConstraint(STATE, name="state"),
        CheckConstraint(GROUP, name="group"),
        Index(None, "id"),
        Index(None, "addressed_to", "id"),
    )

    owner: Mapped[Code]
    id: Mapped[Id]
    unit: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    task: Mapped[str | None] = mapped_column(ForeignKey("task.code"))
    group: Mapped[str]
    title: Mapped[str]
    detail: Mapped[str]
    addressed_to: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    needed_by: Mapped[datetime | None]
    reported_at: Mapped[datetime]
    token: Mapped[str]
    state: Mapped[str]
    answer_due: Mapped[datetime] = mapped_column(server_default=THIRD_WORKING_DAY)
    promised_by: Mapped[datetime | None]
    version: Mapped[int]


class ObstacleEventTable(Base):
    """One change of an obstacle's state; the first is its report. Append-only.

    `unit` and `addressed_to` are the obstacle's own and never change: they say who may see and add events. `answer_due`
    and `promised_by` are what holds from this change on.
    """

    __tablename__ = "obstacle_event"
    __table_args__ = (
        CheckConstraint(STATE, name="state"),
        ForeignKeyConstraint(["owner", "obstacle"], ["obstacle.owner", "obstacle.id"]),
        Index(None, "owner", "obstacle", "at", "id"),
        Index(None, "xid", "id"),
    )

    owner: Mapped[Code]
    id: Mapped[Id]
    obstacle: Mapped[UUID]
    unit: Mapped[str]
    addressed_to: Mapped[str]
    at: Mapped[datetime]
    state: Mapped[str]
    response: Mapped[str | None]
    answer_due: Mapped[datetime] = mapped_column(server_default=THIRD_WORKING_DAY)
    promised_by: Mapped[datetime | None]
    token: Mapped[str]
    xid: Mapped[Xid]
