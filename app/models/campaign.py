"""One reform being rolled out."""

from datetime import datetime

from sqlalchemy.orm import Mapped

from app.models.base import Base, Code


class CampaignTable(Base):
    __tablename__ = "campaign"

    code: Mapped[Code]
    names: Mapped[dict[str, str]]
    opening: Mapped[datetime]
    deadline: Mapped[datetime]
    go_live: Mapped[datetime]
    version: Mapped[int]
