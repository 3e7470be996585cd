"""Changing assignments: deadlines, applicability, responsibility; one or many, all or nothing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.identity import Identity, not_your_unit
from app.auth.service import audit
from app.catalogue import permissions
from app.catalogue import write_queries as queries
from app.catalogue.preconditions import refuse_stale
from app.db import rows
from app.errors import Complaint, Conflict, InvalidInput, NotFound, NotYourRole
from app.ids import ids_at
from app.messages import say

UNANNOUNCED_CHANGES = 1_000
"""Assignments that one request changes without naming their number: more is a mistake as often as a decision."""
FIELDS = ("deadline", "not_applicable", "responsible_office", "responsible_person", "quality_standard")


class Filter(NamedTuple):
    """Which assignments: `owner` is a province with its communes, or an agency."""

    owner: str | None = None
    unit: str | None = None
    task: str | None = None
    category: str | None = None
    status: str | None = None
    overdue: bool | None = None

    def said(self) -> dict[str, object]:
        return {field: value for field, value in self._asdict().items() if value is not None}


def refuse_unauthorised(who: Identity, patch: Mapping[str, Any]) -> None:
    """Refuse fields that the role may not change anywhere, with a pointer to each."""
    if complaints := permissions.refused_fields(who, set(patch) - {"reason"}):
        raise NotYourRole(errors=complaints)


def refuse_elsewhere(who: Identity, patch: Mapping[str, Any], owner: str | None, unit: str | None) -> None:
    """Refuse fields that only the unit itself may set, with a pointer to each."""
    if complaints := permissions.refused_elsewhere(who, patch, owner, unit):
        raise not_your_unit(who, complaints)


def unreasoned(patch: Mapping[str, Any]) -> Iterator[Complaint]:
    """Complaints about a change of nothing, and about a ruling on applicability without a reason."""
    if not set(patch) - {"reason"}:
        yield Complaint("", "nothing-to-change")
    if "not_applicable" in patch and not patch.get("reason"):
        yield Complaint("/reason", "reason-required", say("reason-required.applicable"))


async def rule_on_one(
    session: AsyncSession,
    who: Identity,
    wanted: Filter,
    patch: Mapping[str, Any],
    *,
    if_match: str | None,
    at: datetime,
) -> None:
    """Change one assignment, if it is still the version that was read."""
    found = await _lock(session, wanted, at)
    if not found:
        raise NotFound(say("no-such.assignment", unit=wanted.unit, task=wanted.task))
    refuse_stale(if_match, found[0].version)
    moment = await _moment(session, found)
    if not await _change(session, who, found, patch, moment):
        return
    fields = [field for field in FIELDS if field in patch and getattr(found[0], field) != patch[field]]
    before = {field: getattr(found[0], field) for field in fields}
    after = {field: patch[field] for field in fields}
    subject = f"{wanted.task}/{wanted.unit}"
    reason = patch.get("reason")
    await audit(session, who, "assignment.change", subject, at=moment, before=before, after=after, reason=reason)


async def rule_on_many(
    session: AsyncSession,
    who: Identity,
    wanted: Filter,
    patch: Mapping[str, Any],
    at: datetime,
    expected: int | None = None,
) -> tuple[int, int]:
    """Change every assignment that the filter matches: how many matched, and how many changed."""
    found = await _lock(session, wanted, at)
    _refuse_unexpected(len(found), expected)
    moment = await _moment(session, found)
    changed = await _change(session, who, found, patch, moment)
    if changed:
        fields = {field: patch[field] for field in FIELDS if field in patch}
        after = {"filter": wanted.said(), "fields": fields, "matched": len(found), "changed": changed}
        subject = " ".join(f"{field}={value}" for field, value in wanted.said().items())
        reason = patch.get("reason")
        await audit(session, who, "assignments.change", subject, at=moment, after=after, reason=reason)
    return len(found), changed


def _refuse_unexpected(matched: int, expected: int | None) -> None:
    """Refuse a change of another number of assignments than its sender knows of."""
    if expected is None and matched > UNANNOUNCED_CHANGES:
        said = say("number-required", matched=matched)
        raise InvalidInput(said, errors=[Complaint("/query/expect", "number-required", said)], matched=matched)
    if expected not in (None, matched):
        raise Conflict(say("conflict.number", matched=matched, expected=expected), matched=matched)


async def _lock(session: AsyncSession, wanted: Filter, at: datetime) -> list[Any]:
    return await rows(session, queries.LOCK_ASSIGNMENTS, **wanted._asdict(), at=at)


async def _moment(session: AsyncSession, found: Sequence[Any]) -> datetime:
    """The database's time, and later than every earlier ruling on these assignments."""
    newest = max((row.created_at for row in found), default=None)
    moment: datetime = (await session.execute(queries.MOMENT, {**_keys(found), "newest": newest})).scalar_one()
    return moment


async def _change(
    session: AsyncSession, who: Identity, found: Sequence[Any], patch: Mapping[str, Any], moment: datetime
) -> int:
    parameters = {
        **_keys(found),
        **{f"set_{field}": field in patch for field in FIELDS},
        **{field: patch.get(field) for field in FIELDS},
        "ids": list(islice(ids_at(moment), len(found))),
        "recorded_at": moment,
        "reason": patch.get("reason"),
        "token": who.token,
    }
    changed: int = (await session.execute(queries.CHANGE_ASSIGNMENTS, parameters)).scalar_one()
    return changed


def _keys(found: Sequence[Any]) -> dict[str, list[str]]:
    return {
        "owners": [row.owner for row in found],
        "tasks": [row.task for row in found],
        "units": [row.unit for row in found],
    }
