"""The revision of the schema that this release needs, known without importing Alembic."""

SCHEMA_HEAD = "token_hand_out"
"""The newest revision in `migrations/`. A test says when it is another."""
