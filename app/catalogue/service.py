"""Changing the catalogue: one writer at a time, with the audit log and the revision that workers compare."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import TextClause

from app import clock
from app.auth.identity import Identity
from app.auth.service import audit, bump
from app.catalogue import write_queries as queries
from app.catalogue.catalogue import Campaign, Catalogue, Category, Task, Unit
from app.catalogue.preconditions import refuse_stale
from app.catalogue.seeding import assign
from app.catalogue.write_schemas import KINDS, AgencyIn, CampaignIn, CategoryIn, TaskIn, UnitIn
from app.errors import Complaint, InvalidInput, NotFound
from app.messages import say

MOMENTS = ("opening", "deadline", "go_live")


@dataclass(frozen=True, slots=True)
class EntityKind:
    """A kind of entity in the catalogue: its name, and how it is added, locked and changed."""

    name: str
    shape: Any
    add: TextClause
    lock: TextClause
    change: TextClause


CAMPAIGN = EntityKind("campaign", Campaign, queries.ADD_CAMPAIGN, queries.LOCK_CAMPAIGN, queries.CHANGE_CAMPAIGN)
CATEGORY = EntityKind("category", Category, queries.ADD_CATEGORY, queries.LOCK_CATEGORY, queries.CHANGE_CATEGORY)
TASK = EntityKind("task", Task, queries.ADD_TASK, queries.LOCK_TASK, queries.CHANGE_TASK)
UNIT = EntityKind("unit", Unit, queries.ADD_UNIT, queries.LOCK_UNIT, queries.CHANGE_UNIT)


async def add_campaign(session: AsyncSession, who: Identity, new: CampaignIn, at: datetime) -> Campaign:
    _refuse(_wrong_order(new.opening, new.deadline, new.go_live))
    await bump(session, "catalogue")
    values = {**_values(new), "letterhead": new.letterhead.over({}) if "letterhead" in new.model_fields_set else {}}
    made: Campaign = await _add(session, who, CAMPAIGN, values, at)
    return made


async def add_category(
    session: AsyncSession, who: Identity, catalogue: Catalogue, new: CategoryIn, at: datetime
) -> Category:
    """Add a line of the report, to the current campaign unless it names another."""
    current = catalogue.current_campaign(at)
    campaign = new.campaign or (current.code if current else "")
    if campaign not in catalogue.campaigns:
        _refuse([Complaint("/campaign", "unknown-campaign", say("unknown-campaign", seen=campaign))])
    await bump(session, "catalogue")
    values = {**_values(new), "campaign": campaign, "created_at": await _database_clock(session)}
    made: Category = await _add(session, who, CATEGORY, values, at)
    return made


async def add_task(session: AsyncSession, who: Identity, catalogue: Catalogue, new: TaskIn, at: datetime) -> Task:
    """Add a task and its assignments to every unit of its level in one transaction; it counts from now on."""
    if new.category not in catalogue.categories:
        _refuse([Complaint("/category", "unknown-category", say("unknown-category", seen=new.category))])
    await bump(session, "catalogue")
    now = await _database_clock(session)
    made: Task = await _add(session, who, TASK, {**_values(new), "created_at": now}, at)
    await assign(session, created_at=now, tasks=[made.code])
    return made


async def add_unit(
    session: AsyncSession, who: Identity, catalogue: Catalogue, new: UnitIn | AgencyIn, at: datetime
) -> Unit:
    """Add a unit with the tasks of its level, which count from now on."""
    values = {"level": "agency", "province": None, "latitude": None, "longitude": None, **_values(new)}
    _refuse(_unfit_unit(values, catalogue))
    await bump(session, "catalogue")
    now = await _database_clock(session)
    made: Unit = await _add(session, who, UNIT, {**values, "created_at": now}, at)
    await assign(session, created_at=now, units=[made.code])
    return made


async def change(
    session: AsyncSession,
    who: Identity,
    kind: EntityKind,
    code: str,
    patch: Mapping[str, Any],
    *,
    if_match: str | None,
    at: datetime,
) -> Any:
    """Change the fields that differ; when none does, there is no new version and no audit entry."""
    _refuse(_nothing_to_change(patch))
    await bump(session, "catalogue")
    found = await _lock(session, kind, code)
    refuse_stale(if_match, found.version)
    if kind is CAMPAIGN:
        if sent := patch.get("letterhead"):
            patch = {**patch, "letterhead": sent.over(found.letterhead)}
        if patch.keys() & set(MOMENTS):
            _refuse(_wrong_order(*(patch.get(name, getattr(found, name)) for name in MOMENTS)))
    return await _carry_out(session, who, kind, found, patch, at)


async def change_unit(
    session: AsyncSession,
    who: Identity,
    code: str,
    patch: Mapping[str, Any],
    *,
    levels: frozenset[str],
    if_match: str | None,
    at: datetime,
) -> Unit:
    """Change a unit. After a new name or kind, the former one is kept with its last day."""
    today = clock.in_vietnam(at).date()
    until = patch.get("until", today)
    patch = {field: value for field, value in patch.items() if field != "until"}
    if not patch:
        _refuse([*_nothing_to_change(patch), *_in_the_future(until, today)])
    await bump(session, "catalogue")
    found: Unit = await _lock(session, UNIT, code)
    if found.level not in levels:
        raise NotFound(say("no-such.unit", seen=code))
    refuse_stale(if_match, found.version)
    _refuse([*_unfit_kind(found.level, patch.get("kind", found.kind)), *_in_the_future(until, today)])
    changed: Unit = await _carry_out(session, who, UNIT, found, patch, at)
    if (changed.names, changed.kind) != (found.names, found.kind):
        former = {"unit": code, "until": until, "kind": found.kind, "names": _json(found.names)}
        await session.execute(queries.KEEP_FORMER_NAME, former)
    return changed


def _nothing_to_change(patch: Mapping[str, Any]) -> Iterator[Complaint]:
    if not patch:
        yield Complaint("", "nothing-to-change")


async def _add(session: AsyncSession, who: Identity, kind: EntityKind, values: Mapping[str, Any], at: datetime) -> Any:
    made = kind.shape(*(await session.execute(kind.add, _stored(values))).one())
    await audit(session, who, f"{kind.name}.create", made.code, at=at, after=_audited(made, values))
    return made


async def _lock(session: AsyncSession, kind: EntityKind, code: str) -> Any:
    row = (await session.execute(kind.lock, {"code": code})).one_or_none()
    if row is None:
        raise NotFound(say(f"no-such.{kind.name}", seen=code))
    return kind.shape(*row)


async def _carry_out(
    session: AsyncSession, who: Identity, kind: EntityKind, found: Any, patch: Mapping[str, Any], at: datetime
) -> Any:
    fields = [field for field, value in patch.items() if getattr(found, field) != value]
    if not fields:
        return found
    values = {**{field: getattr(found, field) for field in found.__slots__}, **patch}
    changed = kind.shape(*(await session.execute(kind.change, _stored(values))).one())
    before, after = _audited(found, fields), _audited(changed, fields)
    await audit(session, who, f"{kind.name}.change", found.code, at=at, before=before, after=after)
    return changed


async def _database_clock(session: AsyncSession) -> datetime:
    now: datetime = (await session.execute(queries.NOW)).scalar_one()
    return now


def _values(new: Any) -> dict[str, Any]:
    return {name: getattr(new, name) for name in type(new).model_fields} | {"names": new.names.full()}


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    return {**values, **{name: _json(values[name]) for name in ("names", "letterhead") if name in values}}


def _audited(thing: Any, fields: Any) -> dict[str, Any]:
    """The fields of an entity as the audit log stores them."""
    return {field: getattr(thing, field) for field in fields}


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _refuse(complaints: Any) -> None:
    found = list(complaints)
    if found:
        raise InvalidInput(errors=found)


def _wrong_order(opening: datetime, deadline: datetime, go_live: datetime) -> Iterator[Complaint]:
    if opening >= deadline:
        yield Complaint("/deadline", "out-of-order")
    if max(opening, deadline) > go_live:
        yield Complaint("/go_live", "out-of-order", say("out-of-order.go-live"))


def _unfit_unit(values: Mapping[str, Any], catalogue: Catalogue) -> Iterator[Complaint]:
    yield from _unfit_kind(values["level"], values["kind"])
    province = catalogue.units.get(values["province"] or "")
    if values["level"] == "commune" and values["province"] is None:
        yield Complaint("/province", "missing", say("missing.province"))
    elif values["level"] == "commune" and (province is None or province.level != "province"):
        yield Complaint("/province", "unknown-unit", say("unknown-unit.province", seen=values["province"]))
    elif values["level"] != "commune" and values["province"] is not None:
        yield Complaint("/province", "unfit", say("unfit.province"))


def _unfit_kind(level: str, kind: str) -> Iterator[Complaint]:
    if kind not in KINDS[level]:
        yield Complaint("/kind", "unfit", say("unfit.kind", level=say(f"level.{level}"), possible=list(KINDS[level])))


def _in_the_future(until: dt.date, today: dt.date) -> Iterator[Complaint]:
    if until > today:
        yield Complaint("/until", "in-the-future", say("in-the-future.day"))
