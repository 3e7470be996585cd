"""Who may change which field of an assignment, as one table. Pure."""

from collections.abc import Iterable, Iterator

from app.auth.identity import Identity, Role
from app.errors import Complaint
from app.messages import say

MAY_CHANGE: dict[Role, frozenset[str]] = {
    Role.VIEWER: frozenset(),
    Role.REPORTER: frozenset({"responsible_office", "responsible_person"}),
    Role.AGENCY: frozenset({"responsible_office", "responsible_person"}),
    Role.MINISTRY: frozenset({"responsible_office", "responsible_person", "not_applicable"}),
    Role.ADMIN: frozenset(
        {"responsible_office", "responsible_person", "not_applicable", "deadline", "quality_standard"}
    ),
}

OF_ONES_OWN = frozenset({"responsible_office", "responsible_person"})
"""Fields that a unit sets for itself (a province also for its communes); the admin may set them for any unit."""


def refused_fields(who: Identity, fields: Iterable[str]) -> list[Complaint]:
    """A complaint for each field that the role may not change, wherever the assignment is."""
    return [
        Complaint(f"/{field}", "not-your-role", say("not-your-role.field", role=who.role, field=field))
        for field in sorted(fields)
        if field not in MAY_CHANGE[who.role]
    ]


def refused_elsewhere(who: Identity, fields: Iterable[str], owner: str | None, unit: str | None) -> list[Complaint]:
    """A complaint for each field that only the unit itself may set. No owner means every owner's assignments."""
    if who.role is Role.ADMIN or (owner is not None and who.owns(owner, unit or owner)):
        return []
    return list(_own_fields(fields, unit or owner))


def _own_fields(fields: Iterable[str], place: str | None) -> Iterator[Complaint]:
    for field in sorted(OF_ONES_OWN.intersection(fields)):
        said = say("not-your-unit.field", field=field, unit=place) if place else say("not-your-unit.each", field=field)
        yield Complaint(f"/{field}", "not-your-unit", said)
