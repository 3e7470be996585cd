"""Handing tokens out: for many units at once, as a successor of another, and by a province for its communes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import tokens
from app.auth.identity import Identity, Role
from app.auth.issuing import queries
from app.auth.issuing.hand_out import HandedOut
from app.auth.issuing.schemas import HandOutIn, RotationIn, TokenState
from app.auth.queries import IS_COMMUNE_OF, LEVEL_OF_UNIT
from app.auth.service import audit, bump, create_token, past_expiry, revoke_token
from app.db import ReadSession, rows
from app.errors import Complaint, Conflict, InvalidInput, NotFound, NotYourRole, NotYourUnit
from app.messages import say

ROLES = {"province": Role.REPORTER, "commune": Role.REPORTER, "agency": Role.AGENCY}


def delegate(who: Identity) -> str | None:
    """The province whose communes' tokens alone are theirs to hand out; None for admins."""
    return None if who.role.at_least(Role.ADMIN) else who.unit


async def refuse_to_delegate(
    session: AsyncSession, who: Identity, role: Role, unit: str | None, *, may_delegate: bool
) -> None:
    """A province hands out reporters' tokens of its communes, and no more than that.

    Raises:
        NotYourRole: it would hand out another role, or the right to hand out.
        NotYourUnit: the unit is no commune of it.

    """
    province = delegate(who)
    if province is None:
        return
    if role is not Role.REPORTER or may_delegate:
        raise NotYourRole(say("delegate-reporters"))
    if not await session.scalar(IS_COMMUNE_OF, {"unit": unit, "province": province}):
        raise NotYourUnit


async def refuse_wrong_filters(session: ReadSession, *, unit: str | None, province: str | None) -> None:
    """Refuse a unit or province that there is not, and a unit of another province: their list would be empty."""
    asked = [code for code in (unit, province) if code is not None]
    units = {row.code: row for row in await rows(session, queries.NAMED_UNITS, codes=asked)}
    one, its_province = units.get(unit or ""), units.get(province or "")
    is_province = its_province is not None and its_province.level == "province"
    complaints = []
    if unit is not None and one is None:
        complaints.append(Complaint("/query/unit", "unknown-unit", say("unknown-unit.plain", seen=unit)))
    if province is not None and not is_province:
        complaints.append(Complaint("/query/province", "unknown-unit", say("unknown-unit.province", seen=province)))
    if one and is_province and one.owner != province:
        complaints.append(Complaint("/query/unit", "unfit", say("unfit.unit", unit=unit, province=province)))
    if complaints:
        raise InvalidInput(errors=complaints)


async def refuse_others_tokens(session: AsyncSession, who: Identity, *, unit: str | None, province: str | None) -> None:
    """A province asks for tokens of its communes only; those of others are no empty list.

    Raises:
        NotYourUnit: it asks for another's.

    """
    own = delegate(who)
    if own is None:
        return
    if province not in (None, own):
        raise NotYourUnit
    if unit is not None and not await session.scalar(IS_COMMUNE_OF, {"unit": unit, "province": own}):
        raise NotYourUnit


async def hand_out(session: AsyncSession, who: Identity, asked: HandOutIn, at: datetime) -> list[HandedOut]:
    """A new token for each unit of a filter."""
    province = delegate(who)
    if province is not None and (asked.level != "commune" or asked.province not in (None, province)):
        raise NotYourUnit
    level = asked.province and await session.scalar(LEVEL_OF_UNIT, {"unit": asked.province})
    owners = {row.code: row.owner for row in await rows(session, queries.OWNERS, units=asked.units, level=asked.level)}
    unfit = [*_unfit_province(asked, level), *_unfit_units(asked, owners, level)]
    if complaints := [*unfit, *past_expiry(asked.expires_at, at)]:
        raise InvalidInput(errors=complaints)
    others = {"units": asked.units or [], "province": province}
    if province is not None and await session.scalar(queries.HAS_OTHERS, others):
        raise NotYourUnit
    role = ROLES[asked.level]
    found = await rows(
        session,
        queries.UNITS,
        level=asked.level,
        province=province or asked.province,
        units=asked.units,
        missing_only=asked.missing_only,
        role=role.value,
        at=at,
    )
    made = [_made(unit) for unit in found]
    await _store(session, who, role, made, asked.expires_at, at)
    return made


def _unfit_province(asked: HandOutIn, level: str | None) -> Iterator[Complaint]:
    """What is wrong with the province of a hand-out; `level` is that of the unit with its code."""
    if asked.province is not None and level != "province":
        yield Complaint("/province", "unknown-unit", say("unknown-unit.province", seen=asked.province))
    elif asked.province is not None and asked.level == "agency":
        yield Complaint("/province", "unfit", say("unfit.province"))


def _unfit_units(asked: HandOutIn, owners: Mapping[str, str], level: str | None) -> Iterator[Complaint]:
    """A complaint for each unit that its level does not have, or that is not of the province asked for."""
    for place, code in enumerate(asked.units or ()):
        if code not in owners:
            yield Complaint(f"/units/{place}", "unknown-unit", say("unknown-unit.plain", seen=code))
        elif level == "province" and owners[code] != asked.province:
            said = say("unfit.unit", unit=code, province=asked.province)
            yield Complaint(f"/units/{place}", "unfit", said)


def _made(unit: Any) -> HandedOut:
    token = tokens.new_token()
    return HandedOut(unit.code, unit.name, unit.province or "", token[4 : 4 + tokens.ID], token)


async def _store(
    session: AsyncSession,
    who: Identity,
    role: Role,
    made: Sequence[HandedOut],
    expires_at: datetime | None,
    at: datetime,
) -> None:
    if not made:
        return
    stored = [{"id": one.id, "secret_hash": _hash(one.token), "name": one.unit_name, "unit": one.unit} for one in made]
    common = {"role": role.value, "at": at, "created_by": who.token, "expires_at": expires_at}
    await session.execute(queries.ADD_TOKENS, {"tokens": msgspec.json.encode(stored).decode(), **common})
    after = {"role": role.value, "tokens": {one.id: one.unit for one in made}}
    await audit(session, who, "token.hand-out", f"{len(made)}", at=at, after=after)


def _hash(token: str) -> str:
    parts = tokens.read_token(token)
    assert parts is not None  # noqa: S101 - it was made a line ago
    return parts.secret_hash.hex()


async def rotate(
    session: AsyncSession, who: Identity, token_id: str, asked: RotationIn, at: datetime
) -> tuple[Any, str, str, datetime | None]:
    """A successor with the same rights: the old token as it was; the successor's id, its text, and until when it holds.

    Raises:
        NotFound: there is no such token, or it is not theirs.
        Conflict: it is revoked or expired, or has a successor already.

    """
    old = await _find(session, who, token_id, at)
    if old.state != TokenState.VALID or old.successor is not None:
        raise Conflict(say("token-not-rotatable"))
    expires_at = asked.expires_at or (old.expires_at and at + (old.expires_at - old.created_at))
    new_id, text = await create_token(
        session,
        who,
        name=old.name,
        role=Role(old.role),
        unit=old.unit,
        expires_at=expires_at,
        at=at,
        may_delegate=old.may_delegate,
    )
    until = at + timedelta(hours=asked.grace_hours)
    await session.execute(queries.REPLACE, {"id": token_id, "successor": new_id, "until": until})
    await bump(session, "tokens")
    await audit(session, who, "token.rotate", token_id, at=at, after={"successor": new_id})
    return old, new_id, text, expires_at


async def revoke(session: AsyncSession, who: Identity, token_id: str, at: datetime) -> Any:
    """The token, which every worker refuses from its next request on."""
    await _find(session, who, token_id, at)
    await revoke_token(session, who, token_id, at)
    return await _find(session, who, token_id, at)


async def _find(session: AsyncSession, who: Identity, token_id: str, at: datetime) -> Any:
    asked = {"id": token_id, "delegate": delegate(who), "at": at}
    found = (await session.execute(queries.TOKEN, asked)).one_or_none()
    if found is None:
        raise NotFound
    return found
