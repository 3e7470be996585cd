"""The history told as turns: when the counts of an assignment changed, in the order in which it became true.

All of it follows from the reports and rulings, up to the bookmark, and may be told again at any time.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, LargeBinary, SmallInteger
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.assignment import STATUS
from app.models.base import Base, Code


class Turn(Base):
    """From `at` on the assignment stands at `status`; `total` to `late` are what that adds to the counts before it.

    The first one is its beginning. `deadline` is the one that holds now, `infinity` where there is none.
    """

    __tablename__ = "turn"
    __table_args__ = (CheckConstraint(STATUS, name="status"), Index(None, "at"))

    owner: Mapped[Code]
    task: Mapped[Code]
    unit: Mapped[Code]
    at: Mapped[datetime] = mapped_column(primary_key=True)
    deadline: Mapped[datetime]
    status: Mapped[str]
    complete_since: Mapped[datetime | None]
    total: Mapped[int] = mapped_column(SmallInteger)
    in_progress: Mapped[int] = mapped_column(SmallInteger)
    blocked: Mapped[int] = mapped_column(SmallInteger)
    returned: Mapped[int] = mapped_column(SmallInteger)
    completed: Mapped[int] = mapped_column(SmallInteger)
    verified: Mapped[int] = mapped_column(SmallInteger)
    late: Mapped[int] = mapped_column(SmallInteger)


class Balance(Base):
    """What the turns before `at` add up to, per owner, task and deadline.

    Struck every day (UTC) for what came since the last one of every eighth day; every eighth day for all before it.
    """

    __tablename__ = "balance"
    __table_args__ = (CheckConstraint("span in (1, 8)", name="span"), {"postgresql_with": {"fillfactor": "70"}})

    span: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    owner: Mapped[Code]
    task: Mapped[Code]
    deadline: Mapped[datetime] = mapped_column(primary_key=True)
    total: Mapped[int] = mapped_column(Integer)
    in_progress: Mapped[int] = mapped_column(Integer)
    blocked: Mapped[int] = mapped_column(Integer)
    returned: Mapped[int] = mapped_column(Integer)
    completed: Mapped[int] = mapped_column(Integer)
    verified: Mapped[int] = mapped_column(Integer)
    late: Mapped[int] = mapped_column(Integer)


class Movement(Base):
    """What balances took the place of: the sums of the release before, which may still be running."""

    __tablename__ = "movement"
    __table_args__ = (
        CheckConstraint("span in (1, 4, 16, 64, 256)", name="span"),
        {"postgresql_with": {"fillfactor": "70"}},
    )

    span: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    start: Mapped[datetime] = mapped_column(primary_key=True)
    owner: Mapped[Code]
    task: Mapped[Code]
    deadline: Mapped[datetime] = mapped_column(primary_key=True)
    total: Mapped[int] = mapped_column(Integer)
    in_progress: Mapped[int] = mapped_column(Integer)
    blocked: Mapped[int] = mapped_column(Integer)
    returned: Mapped[int] = mapped_column(Integer)
    completed: Mapped[int] = mapped_column(Integer)
    verified: Mapped[int] = mapped_column(Integer)
    late: Mapped[int] = mapped_column(Integer)


class Bookmark(Base):
    """How far the turns have been told: all that one snapshot saw, in one life of the database.

    Balances are `struck` up to a day; not at all where it is null.
    """

    __tablename__ = "bookmark"

    what: Mapped[Code]
    life: Mapped[bytes] = mapped_column(LargeBinary)
    until: Mapped[int]
    still_open: Mapped[list[int]] = mapped_column(ARRAY(BigInteger()))
    struck: Mapped[datetime | None]
