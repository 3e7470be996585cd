"""${message}

Revision: ${up_revision}, after ${down_revision | comma,n}

An index on a table that is in use is made concurrently, alone in its revision, and so that a second try succeeds:

    with op.get_context().autocommit_block():
        op.execute("drop index concurrently if exists ix_name")  # one that an interrupted try left invalid
        op.create_index("ix_name", "table", ["column"], postgresql_concurrently=True)
"""

${imports if imports else ""}
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
