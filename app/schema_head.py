"""The revisions of the schema that this release knows, without importing Alembic."""

REVISIONS = (
    "baseline",
    "files",
    "settled",
    "frozen_bulletins",
    "known_transitions",
    "documents",
    "token_hand_out",
    "refused_rows",
    "answer_due",
)
"""All in `migrations/`, the oldest first; a test says when there are others. Any other is of a later release."""
SCHEMA_HEAD = REVISIONS[-1]
"""The one that this release needs."""
