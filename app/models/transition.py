"""A projection of the history: when the counts of an assignment changed, in order of effective time.

All of it is computed from reports and rulings up to the checkpoint, and can be computed again at any time.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, LargeBinary, SmallInteger
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.models.assignment import STATUS
from app.models.base import Base, Code


class _Differences:
    """What changes for an assignment at one moment, count by count."""

    total: Mapped[int] = mapped_column(SmallInteger)
    in_progress: Mapped[int] = mapped_column(SmallInteger)
    blocked: Mapped[int] = mapped_column(SmallInteger)
    returned: Mapped[int] = mapped_column(SmallInteger)
    completed: Mapped[int] = mapped_column(SmallInteger)
    verified: Mapped[int] = mapped_column(SmallInteger)
    late: Mapped[int] = mapped_column(SmallInteger)


class _Sums:
    """The sums of differences before a moment, per owner, task and deadline."""

    @declared_attr.directive
    def __table_args__(cls) -> tuple[object, ...]:  # noqa: N805 - SQLAlchemy's way
        return CheckConstraint("span in (1, 8)", name="span"), {"postgresql_with": {"fillfactor": "70"}}

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


class TransitionTable(_Differences, Base):
    """From `at` on the assignment has this `status`; `total` to `late` are the differences to the counts before.

    The first one is its creation. `deadline` is the present one, `infinity` where there is none.
    """

    __tablename__ = "transition"
    __table_args__ = (CheckConstraint(STATUS, name="status"), Index(None, "at"))

    owner: Mapped[Code]
    task: Mapped[Code]
    unit: Mapped[Code]
    at: Mapped[datetime] = mapped_column(primary_key=True)
    deadline: Mapped[datetime]
    status: Mapped[str]
    complete_since: Mapped[datetime | None]


class BalanceTable(_Sums, Base):
    """The sum of the transitions before `at`, per owner, task and deadline.

    Every eighth day (UTC) a row holds the sum of everything before it; every day, the sum since that eighth day.
    """

    __tablename__ = "balance"


class KnownTransitionTable(_Differences, Base):
    """At `at` in recorded time the counts changed by these differences, by what was known then.

    A ruling that moves a deadline takes the counts from the old one and adds them to the new one.
    """

    __tablename__ = "known_transition"
    __table_args__ = (Index(None, "at"),)

    owner: Mapped[Code]
    task: Mapped[Code]
    unit: Mapped[Code]
    at: Mapped[datetime] = mapped_column(primary_key=True)
    deadline: Mapped[datetime] = mapped_column(primary_key=True)


class KnownBalanceTable(_Sums, Base):
    """The sum of the known transitions before `at`, as `balance` has it of the others."""

    __tablename__ = "known_balance"


class ProjectionCheckpointTable(Base):
    """How far the history is projected: everything that one snapshot saw, in one incarnation of the database.

    Balances exist up to the day `closed_until`; null means none.
    """

    __tablename__ = "projection_checkpoint"

    what: Mapped[Code]
    incarnation: Mapped[bytes] = mapped_column(LargeBinary)
    until: Mapped[int]
    still_open: Mapped[list[int]] = mapped_column(ARRAY(BigInteger()))
    closed_until: Mapped[datetime | None]
