"""What a campaign's documents are headed and signed with, and the proposals of a bulletin.

Revision: documents
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "documents"
down_revision = "known_transitions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaign", sa.Column("letterhead", JSONB(), nullable=False, server_default="{}"))
    op.add_column("bulletin", sa.Column("proposals", ARRAY(sa.Text()), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("bulletin", "proposals")
    op.drop_column("campaign", "letterhead")
