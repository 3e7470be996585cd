"""A report on its way into the history: what the service hands over of each, as one record instead of many arrays.

Revision: 0009, after 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
    create type single_report as (
        owner text,
        task text,
        unit text,
        id uuid,
        status text,
        effective_at timestamptz,
        recorded_at timestamptz,
        note text,
        evidence text[],
        document_number text,
        document_date date,
        scope text,
        token text,
        tokens bigint,
        catalogue bigint,
        key text,
        fingerprint bytea,
        answer bytea
    )
    """)


def downgrade() -> None:
    op.execute("drop type single_report")
