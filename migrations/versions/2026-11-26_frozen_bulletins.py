"""Bulletins frozen whole, and since when categories and units are there: a line created later was not in an answer.

Revision: frozen_bulletins
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "frozen_bulletins"
down_revision = "settled"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("category", "unit"):
        since = sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default="2000-01-01 00:00Z")
        op.add_column(table, since)
    op.add_column("bulletin", sa.Column("known_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("bulletin", sa.Column("provinces", JSONB(), nullable=True))
    op.add_column("bulletin", sa.Column("matrix", JSONB(), nullable=True))


def downgrade() -> None:
    for column in ("matrix", "provinces", "known_at"):
        op.drop_column("bulletin", column)
    for table in ("unit", "category"):
        op.drop_column(table, "created_at")
