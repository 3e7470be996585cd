"""The revision of the schema that this release needs, known without importing Alembic."""

SCHEMA_HEAD = "answer_due"
"""The newest revision in `migrations/`. A test says when it is another."""
