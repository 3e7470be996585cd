"""What tokens, identities and the audit log look like on the wire."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from app.auth.identity import Role
from app.clock import Instant

Name = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=1,
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]*$",
    ),
]
"""A name is one line: it stands in lists, files and logs, and nothing in it turns what is read around."""


class TokenIn(BaseModel):
    """A token to be made. A reporter or agency needs a unit; a province's reporter may hand out its communes'."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    role: Role
    unit: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None
    expires_at: Instant | None = None
    may_delegate: bool = False


class TokenOut(BaseModel):
    """`last_used_at` is right to five minutes; a token that was rotated names its `successor`."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: str
    name: str
    role: Role
    unit: str | None
    created_at: Instant
    created_by: str | None
    expires_at: Instant | None
    revoked_at: Instant | None
    state: Literal["valid", "expired", "revoked"]
    may_delegate: bool
    last_used_at: Instant | None
    successor: str | None


class NewTokenOut(BaseModel):
    """The only answer that ever shows `token`."""

    id: str
    token: str
    name: str
    role: Role
    unit: str | None
    expires_at: Instant | None
    may_delegate: bool


class MeOut(BaseModel):
    """Who the token is, what it may, and its unit. `may` lists the roles whose rights it has."""

    token: str
    name: str
    role: Role
    may: list[Role]
    unit: str | None
    unit_name: str | None
    owner: str | None
    may_delegate: bool
    expires_at: Instant | None


class AuditEntryOut(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    at: Instant
    token: str
    action: str
    subject: str
    before: dict[str, object] | None
    after: dict[str, object] | None
    reason: str | None
