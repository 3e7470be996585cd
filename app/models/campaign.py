"""One reform being rolled out."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code


class CampaignTable(Base):
    __tablename__ = "campaign"

    code: Mapped[Code]
    names: Mapped[dict[str, str]]
    opening: Mapped[datetime]
    deadline: Mapped[datetime]
    go_live: Mapped[datetime]
    version: Mapped[int]
    letterhead: Mapped[dict[str, object]] = mapped_column(server_default=text("'{}'"))
