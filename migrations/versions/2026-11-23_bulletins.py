"""Bulletins: numbered, frozen, append-only for the service.

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bulletin",
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("progress", postgresql.JSONB(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["campaign"], ["campaign.code"], name=op.f("fk_bulletin_campaign")),
        sa.PrimaryKeyConstraint("campaign", "number", name=op.f("pk_bulletin")),
    )
    op.execute("grant select, insert on bulletin to tiendo_app")


def downgrade() -> None:
    op.drop_table("bulletin")
