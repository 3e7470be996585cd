"""Finding what a request names in the catalogue, and refusing what the caller may not see."""

from typing import Annotated

from fastapi import Depends, Request

from app.auth.identity import Identity
from app.catalogue.catalogue import Campaign, Catalogue, Category, Unit
from app.errors import Complaint, InvalidInput, NotFound, NotYourRole, NotYourUnit
from app.messages import Sentence, say


async def _current_catalogue(request: Request) -> Catalogue:
    catalogue: Catalogue = await request.app.state.catalogues.current()
    return catalogue


CurrentCatalogue = Annotated[Catalogue, Depends(_current_catalogue)]


def known_unit(catalogue: Catalogue, code: str, parameter: str, level: str | None = None) -> Unit:
    unit = catalogue.units.get(code)
    if unit is None or (level and unit.level != level):
        raise _unknown(parameter, "unknown-unit", say(f"unknown-unit.{level or 'plain'}", seen=code))
    return unit


def known_category(catalogue: Catalogue, code: str) -> Category:
    category = catalogue.categories.get(code)
    if category is None:
        raise _unknown("category", "unknown-category", say("unknown-category", seen=code))
    return category


def refuse_unknown(catalogue: Catalogue, *, task: str | None = None, category: str | None = None) -> None:
    """Refuse a filter by a task or a category that there is not: its list would be empty without saying why."""
    asked = (("task", task, catalogue.tasks), ("category", category, catalogue.categories))
    unknown = [
        Complaint(f"/query/{name}", f"unknown-{name}", say(f"unknown-{name}", seen=code))
        for name, code, known in asked
        if code is not None and code not in known
    ]
    if unknown:
        raise InvalidInput(errors=unknown)


def province_of(catalogue: Catalogue, code: str) -> Unit:
    """The province of a path, or 404."""
    unit = catalogue.units.get(code)
    if unit is None or unit.level != "province":
        raise NotFound(say("no-such.province", seen=code))
    return unit


def campaign_named(catalogue: Catalogue, code: str) -> Campaign:
    campaign = catalogue.campaigns.get(code)
    if campaign is None:
        raise _unknown("campaign", "unknown-campaign", say("unknown-campaign", seen=code))
    return campaign


def filtered(
    catalogue: Catalogue, *, province: str | None = None, unit: str | None = None
) -> tuple[str | None, str | None]:
    """`province=` and `unit=` as (owner, unit): a province with its communes, or exactly one unit."""
    owner = known_unit(catalogue, province, "province", "province").code if province is not None else None
    if unit is None:
        return owner, None
    one = known_unit(catalogue, unit, "unit")
    if owner not in (None, one.owner):
        raise InvalidInput(errors=[Complaint("/query/unit", "unfit", say("unfit.unit", unit=unit, province=province))])
    return one.owner, one.code


def scope_of_list(
    who: Identity, catalogue: Catalogue, *, province: str | None, unit: str | None
) -> tuple[str | None, str | None]:
    """The owner and unit that a private list is narrowed to: the requested ones, or the caller's own.

    Raises:
        NotYourRole: the caller's role has no such list.
        NotYourUnit: the requested unit is another's; that is never an empty list.

    """
    owner, unit = filtered(catalogue, province=province, unit=unit)
    if who.sees_everything:
        return owner, unit
    if not who.scope:
        raise NotYourRole
    if owner is None:
        return who.owner, None if who.unit == who.owner else who.unit
    if not who.owns(owner, unit or owner):
        raise NotYourUnit
    return owner, unit


def _unknown(parameter: str, code: str, said: Sentence) -> InvalidInput:
    return InvalidInput(errors=[Complaint(f"/query/{parameter}", code, said)])
