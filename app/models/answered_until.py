"""The latest moment that was answered, or is about to be: nothing is recorded at or before it."""

from datetime import datetime

from sqlalchemy.orm import Mapped

from app.models.base import Base, Code


class AnsweredUntilTable(Base):
    """One row: moved by whoever answers a `known_at`, read by `recording_floor()` in every statement that records."""

    __tablename__ = "answered_until"
    __table_args__ = ({"postgresql_with": {"fillfactor": "10"}},)

    what: Mapped[Code]
    moment: Mapped[datetime]
