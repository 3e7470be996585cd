"""The progress of one moment as it was issued, numbered and frozen."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Xid


class BulletinTable(Base):
    """Append-only. `progress` and `provinces` hold the answers in each language as issued; so does `matrix`.

    What is null was not frozen, and `known_at` is then `issued_at`.
    """

    __tablename__ = "bulletin"
    __table_args__ = (Index(None, "xid", "id"),)

    campaign: Mapped[str] = mapped_column(ForeignKey("campaign.code"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str]
    issued_at: Mapped[datetime]
    as_of: Mapped[datetime]
    known_at: Mapped[datetime | None]
    progress: Mapped[dict[str, object]]
    provinces: Mapped[dict[str, object] | None]
    matrix: Mapped[dict[str, object] | None]
    proposals: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default=text("'{}'"))
    token: Mapped[str]
    id: Mapped[UUID] = mapped_column(server_default=text("uuidv7()"))
    xid: Mapped[Xid]
