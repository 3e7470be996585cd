"""Tokens, idempotency keys, the audit log, and the revisions by which workers notice changes."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code, Id


class TokenTable(Base):
    """An access token. Only the hash of its secret is stored."""

    __tablename__ = "token"
    __table_args__ = (CheckConstraint("role in ('viewer', 'reporter', 'agency', 'ministry', 'admin')", name="role"),)

    id: Mapped[Code]
    secret_hash: Mapped[bytes]
    name: Mapped[str]
    role: Mapped[str]
    unit: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    created_at: Mapped[datetime]
    created_by: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    may_delegate: Mapped[bool] = mapped_column(server_default=text("false"))
    last_used_at: Mapped[datetime | None]
    successor: Mapped[str | None]


class IdempotencyKeyTable(Base):
    """The answer to a request, for its retries. Stored in the transaction of the write itself."""

    __tablename__ = "idempotency_key"
    __table_args__ = (Index(None, "created_at"),)

    owner: Mapped[Code]
    token: Mapped[Code]
    key: Mapped[Code]
    fingerprint: Mapped[bytes]
    status: Mapped[int]
    headers: Mapped[dict[str, str]]
    body: Mapped[bytes]
    created_at: Mapped[datetime]


class AuditEntryTable(Base):
    """An administrative act: who did what to which thing, with the values before and after. Append-only."""

    __tablename__ = "audit_entry"

    id: Mapped[Id]
    at: Mapped[datetime]
    token: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    before: Mapped[dict[str, object] | None]
    after: Mapped[dict[str, object] | None]
    reason: Mapped[str | None]


class IncarnationTable(Base):
    """An incarnation of the database. A restore begins a new one, because transaction ids then mean something else."""

    __tablename__ = "incarnation"

    fingerprint: Mapped[Code]
    began_at: Mapped[datetime]


class ProvenanceTable(Base):
    """Where the data comes from: `demo` once the demonstration was loaded."""

    __tablename__ = "provenance"

    what: Mapped[Code]
    since: Mapped[datetime]
    details: Mapped[dict[str, object]]


class RevisionTable(Base):
    """Grows with every change of the tokens or of the catalogue, so that a worker knows when its copy is old."""

    __tablename__ = "revision"

    what: Mapped[Code]
    number: Mapped[int]
