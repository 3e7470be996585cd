"""Files: what earlier ones said last, which columns mean what, which import a report came by and takes back.

Revision: files, after the baseline
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "files"
down_revision = "baseline"
branch_labels = None
depends_on = None

# A province sees its communes' rows too, a commune only its own.
IN_SCOPE = """
  (select nullif(current_setting('tiendo.scope', true), '')) = '*'
  or (select nullif(current_setting('tiendo.scope', true), '')) in (owner || '/*', owner || '/' || unit)
"""


def confine_to_scope(table: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"create policy scope on {table} to tiendo_app using ({IN_SCOPE}) with check ({IN_SCOPE})")


def upgrade() -> None:
    op.add_column("status_update", sa.Column("import_id", sa.Uuid(), nullable=True))
    op.add_column("status_update", sa.Column("undoes", sa.Uuid(), nullable=True))
    op.execute("""
    alter table import
      add column digest bytea not null default '',
      add column size bigint not null default 0,
      add column templates text[] not null default '{}',
      add column times_as_sent boolean not null default false,
      add column warnings jsonb not null default '[]',
      add column columns jsonb not null default '{}',
      add column undone_at timestamptz,
      add column undo jsonb
    """)
    op.execute("-- squawk-ignore renaming-column\nalter table import_row rename column line to place")
    op.create_table(
        "last_row",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("evidence", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=True),
        sa.Column("document_date", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("owner", "task", "unit", "token", "import_id", name=op.f("pk_last_row")),
    )
    op.create_index(op.f("ix_last_row_owner_import_id"), "last_row", ["owner", "import_id"])
    op.create_table(
        "import_column",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("header", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", "unit", "header", name=op.f("pk_import_column")),
    )
    op.execute("grant select, insert, update, delete on last_row, import_column to tiendo_app")
    op.execute("grant delete on import_row to tiendo_app")
    confine_to_scope("last_row")
    confine_to_scope("import_column")


def downgrade() -> None:
    op.execute("alter table import_row rename column place to line")
    op.execute("revoke delete on import_row from tiendo_app")
    op.drop_table("import_column")
    op.drop_table("last_row")
    for name in ("digest", "size", "templates", "times_as_sent", "warnings", "columns", "undone_at", "undo"):
        op.drop_column("import", name)
    op.drop_column("status_update", "undoes")
    op.drop_column("status_update", "import_id")
