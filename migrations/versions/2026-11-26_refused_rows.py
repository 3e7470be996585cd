"""Rows of files that were refused because of what had been reported: repeated, they are no news.

Revision: refused_rows
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "refused_rows"
down_revision = "token_hand_out"
branch_labels = None
depends_on = None

# A province sees its communes' rows too, a commune only its own.
IN_SCOPE = """
  (select nullif(current_setting('tiendo.scope', true), '')) = '*'
  or (select nullif(current_setting('tiendo.scope', true), '')) in (owner || '/*', owner || '/' || unit)
"""


def upgrade() -> None:
    op.create_table(
        "refused_row",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("refused_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("evidence", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=True),
        sa.Column("document_date", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("owner", "task", "unit", "token", name=op.f("pk_refused_row")),
    )
    op.execute("grant select, insert, update, delete on refused_row to tiendo_app")
    op.execute("alter table refused_row enable row level security")
    op.execute(f"create policy scope on refused_row to tiendo_app using ({IN_SCOPE}) with check ({IN_SCOPE})")


def downgrade() -> None:
    op.drop_table("refused_row")
