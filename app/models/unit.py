"""Whoever owes work: a province, a commune or an agency."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code


class UnitTable(Base):
    """`owner` is the top-level unit that its work belongs to: a commune's province, otherwise itself."""

    __tablename__ = "unit"
    __table_args__ = (
        CheckConstraint("level in ('province', 'commune', 'agency')", name="level"),
        CheckConstraint("(level = 'commune') = (province is not null)", name="communes_have_a_province"),
        CheckConstraint("owner = coalesce(province, code)", name="owner"),
        Index(None, "level", "code"),
        Index(None, "province", "code"),
    )

    code: Mapped[Code]
    level: Mapped[str]
    kind: Mapped[str]
    owner: Mapped[str]
    province: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    names: Mapped[dict[str, str]]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(server_default=text("'2000-01-01 00:00Z'"))


class FormerNameTable(Base):
    """A name or kind that a unit bore until a day: provinces become cities, communes are renamed."""

    __tablename__ = "former_name"

    unit: Mapped[str] = mapped_column(ForeignKey("unit.code"), primary_key=True)
    until: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str]
    names: Mapped[dict[str, str]]
