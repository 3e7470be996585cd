"""Row-level security for a transaction that stores the reports of several callers: confined to their scopes together.

Revision: 0006, after 0005
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("assignment", "status_update")
SCOPE = "nullif(current_setting('tiendo.scope', true), '')"
ONE = f"(select {SCOPE}) = '*' or (select {SCOPE}) in (owner || '/*', owner || '/' || unit)"
# A scope has no space in it. Everything is asked for first, because figures look at many rows.
SEVERAL = f"""
  (select {SCOPE}) = '*'
  or (select string_to_array({SCOPE}, ' ')) && array[owner || '/*', owner || '/' || unit]
"""


def upgrade() -> None:
    confine(SEVERAL)


def downgrade() -> None:
    confine(ONE)


def confine(to: str) -> None:
    for table in TABLES:
        op.execute(f"alter policy scope on {table} using ({to}) with check ({to})")
