"""The tables of imports.

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# As in 0001: a province sees its communes' imports too, a commune only its own.
IN_SCOPE = """
  (select nullif(current_setting('tiendo.scope', true), '')) = '*'
  or (select nullif(current_setting('tiendo.scope', true), '')) in (owner || '/*', owner || '/' || unit)
"""


def confine_to_scope(table: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"create policy scope on {table} to tiendo_app using ({IN_SCOPE}) with check ({IN_SCOPE})")


def upgrade() -> None:
    op.create_table(
        "import",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("read_as", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("headers", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('previewed', 'committed')", name=op.f("ck_import_state")),
        sa.PrimaryKeyConstraint("owner", "id", name=op.f("pk_import")),
    )
    op.create_table(
        "import_row",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sent", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint(
            "outcome in ('current', 'superseded', 'unchanged', 'rejected')", name=op.f("ck_import_row_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["owner", "import_id"],
            ["import.owner", "import.id"],
            name=op.f("fk_import_row_owner_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("owner", "import_id", "line", name=op.f("pk_import_row")),
    )
    op.execute("grant select, insert, update, delete on import to tiendo_app")
    op.execute("grant select, insert on import_row to tiendo_app")
    confine_to_scope("import")
    confine_to_scope("import_row")


def downgrade() -> None:
    op.drop_table("import_row")
    op.drop_table("import")
