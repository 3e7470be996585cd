"""When the answer to an obstacle is due, and until when the agency has promised it.

Revision: answer_due
"""

import sqlalchemy as sa
from alembic import op

revision = "answer_due"
down_revision = "refused_rows"
branch_labels = None
depends_on = None

TABLES = ("obstacle", "obstacle_event")


def third_working_day(moment: str) -> str:
    """SQL: the end of the third working day after a moment, no holidays known: from Monday on 3, 3, 5, 5, 5, 4, 3 days."""
    day = f"cast({moment} at time zone 'Asia/Ho_Chi_Minh' as date)"
    days = f"(array[3, 3, 5, 5, 5, 4, 3])[cast(extract(isodow from {day}) as int)]"
    return f"((({day} + {days}) + time '23:59:59') at time zone 'Asia/Ho_Chi_Minh')"


FILL_EVENTS = f"""
with told as (
    select owner, id, obstacle, at, state in ('open', 'acknowledged') as waiting,
           lag(state in ('open', 'acknowledged')) over (partition by owner, obstacle order by at, id) as before
    from obstacle_event
),
begun as (
    select owner, id, max(at) filter (where waiting and before is not true)
           over (partition by owner, obstacle order by at, id) as since
    from told
)
update obstacle_event set answer_due = {third_working_day("begun.since")}
from begun where begun.owner = obstacle_event.owner and begun.id = obstacle_event.id
"""  # noqa: S608 - made of constants
FILL_OBSTACLES = """
update obstacle set answer_due = last.answer_due
from (select distinct on (owner, obstacle) owner, obstacle, answer_due from obstacle_event
      order by owner, obstacle, at desc, id desc) last
where last.owner = obstacle.owner and last.obstacle = obstacle.id
"""


def upgrade() -> None:
    for table in TABLES:
        known_to_all = "2000-01-01 00:00Z"  # a default that is not computed needs no rewriting of the table
        op.add_column(
            table, sa.Column("answer_due", sa.DateTime(timezone=True), nullable=False, server_default=known_to_all)
        )
        op.add_column(table, sa.Column("promised_by", sa.DateTime(timezone=True), nullable=True))
        op.alter_column(table, "answer_due", server_default=sa.text(third_working_day("now()")))
    op.execute(FILL_EVENTS)
    op.execute(FILL_OBSTACLES)


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "promised_by")
        op.drop_column(table, "answer_due")
