"""Who is asking: the role, the unit, and the rows that are theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.errors import Complaint, NotYourUnit
from app.messages import say
from app.scope import EVERYTHING


class Role(StrEnum):
    """Each may what the ones before it may, and more."""

    VIEWER = "viewer"
    REPORTER = "reporter"
    AGENCY = "agency"
    MINISTRY = "ministry"
    ADMIN = "admin"

    def at_least(self, other: "Role") -> bool:
        return _ORDER[self] >= _ORDER[other]


_ORDER = {role: place for place, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class Identity:
    """`owner` is the top-level unit of `unit`; both are None for those who belong to no unit."""

    token: str
    name: str
    role: Role
    unit: str | None = None
    owner: str | None = None
    expires_at: datetime | None = None
    may_delegate: bool = False

    @property
    def sees_everything(self) -> bool:
        return self.role.at_least(Role.MINISTRY)

    @property
    def scope(self) -> str:
        """The rows that are theirs, as row-level security reads it; a commune is held to itself."""
        if self.sees_everything:
            return EVERYTHING
        if self.unit is None or self.role is Role.VIEWER:
            return ""
        return f"{self.owner}/*" if self.unit == self.owner else f"{self.owner}/{self.unit}"

    def owns(self, owner: str, unit: str) -> bool:
        """Whether a unit's reports are theirs to make: a province's also those of its communes."""
        if self.unit is None or not self.role.at_least(Role.REPORTER):
            return False
        return self.owner == owner and self.unit in (owner, unit)

    def may_read(self, owner: str, unit: str) -> bool:
        """Whether history, notes, evidence and persons of a unit are theirs to read."""
        return self.sees_everything or self.owns(owner, unit)


def not_your_unit(who: Identity, errors: Sequence[Complaint] = ()) -> NotYourUnit:
    """That something is for a unit itself to do: a token of all units is told of its role, others of their unit."""
    return NotYourUnit(say("for-the-unit", role=who.role) if who.sees_everything else "", errors=errors)


OPERATOR = Identity(token="operator", name="operator", role=Role.ADMIN)  # noqa: S106 - a name, not a secret
"""Whoever has a shell on the server."""

ANYONE = Identity(token="", name="anyone", role=Role.VIEWER)
"""Whoever watches without a token where progress is public."""
