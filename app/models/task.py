"""The lines of the ministry's report, and the pieces of work inside them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code


class CategoryTable(Base):
    __tablename__ = "category"
    __table_args__ = (UniqueConstraint("campaign", "position", deferrable=True, initially="DEFERRED"),)

    code: Mapped[Code]
    campaign: Mapped[str] = mapped_column(ForeignKey("campaign.code"))
    position: Mapped[int]
    names: Mapped[dict[str, str]]
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(server_default=text("'2000-01-01 00:00Z'"))


class TaskTable(Base):
    """What every unit of one level has to do. `deadline` and `quality_standard` are what new assignments start with."""

    __tablename__ = "task"
    __table_args__ = (CheckConstraint("level in ('province', 'commune', 'agency')", name="level"),)

    code: Mapped[Code]
    category: Mapped[str] = mapped_column(ForeignKey("category.code"), index=True)
    level: Mapped[str]
    position: Mapped[int]
    names: Mapped[dict[str, str]]
    deadline: Mapped[datetime | None]
    quality_standard: Mapped[str | None]
    created_at: Mapped[datetime]
    version: Mapped[int]
