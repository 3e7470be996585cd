"""Tokens that may hand out others, that are replaced by a successor, and when each was used last.

Revision: token_hand_out
"""

import sqlalchemy as sa
from alembic import op

revision = "token_hand_out"
down_revision = "documents"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("token", sa.Column("may_delegate", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.add_column("token", sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("token", sa.Column("successor", sa.Text(), nullable=True))


def downgrade() -> None:
    for column in ("successor", "last_used_at", "may_delegate"):
        op.drop_column("token", column)
