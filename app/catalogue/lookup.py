"""Finding what a request names in the catalogue, and refusing what the caller may not see."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated

from fastapi import Depends, Request

from app.auth.identity import Identity
from app.catalogue.catalogue import Campaign, Catalogue, Unit
from app.errors import Complaint, InvalidInput, NotFound, NotYourRole, NotYourUnit
from app.messages import say


async def _current_catalogue(request: Request) -> Catalogue:
    catalogue: Catalogue = await request.app.state.catalogues.current()
    return catalogue


EACH = "*"
"""Of a filter by category: each of the campaign's."""
CurrentCatalogue = Annotated[Catalogue, Depends(_current_catalogue)]


_UNKNOWN = {
    "province": "unknown-unit.province",
    "unit": "unknown-unit.plain",
    "addressed_to": "unknown-unit.agency",
    "campaign": "unknown-campaign",
    "category": "unknown-category",
    "task": "unknown-task",
}
"""What is said of an unknown code, by the parameter or field that names it."""


def _is_known(catalogue: Catalogue, name: str, code: str) -> bool:
    """Whether the catalogue has what a parameter or field of this name may name."""
    unit = catalogue.units.get(code)
    match name:
        case "campaign":
            return code in catalogue.campaigns
        case "category":
            return code in catalogue.categories
        case "task":
            return code in catalogue.tasks
        case "province":
            return unit is not None and unit.level == "province"
        case "addressed_to":
            return unit is not None and unit.level == "agency"
        case _:
            return unit is not None


def unknown(catalogue: Catalogue, asked: Iterable[tuple[str, str]], place: str = "/query") -> list[Complaint]:
    """A complaint for each name and code that the catalogue does not have."""
    return [
        Complaint(f"{place}/{name}", _UNKNOWN[name].partition(".")[0], say(_UNKNOWN[name], seen=code))
        for name, code in asked
        if not _is_known(catalogue, name, code)
    ]


def wrong_filters(catalogue: Catalogue, asked: Sequence[tuple[str, str]]) -> list[Complaint]:
    """A complaint for each filter by what there is not, by a unit of another province, by another campaign's line."""
    return [*unknown(catalogue, asked), *_unit_elsewhere(catalogue, dict(asked)), *_lines_elsewhere(catalogue, asked)]


def _unit_elsewhere(catalogue: Catalogue, asked: Mapping[str, str]) -> Iterator[Complaint]:
    unit, province = (catalogue.units.get(asked.get(name, "")) for name in ("unit", "province"))
    if unit and province and province.level == "province" and unit.owner != province.code:
        said = say("unfit.unit", unit=unit.code, province=province.code)
        yield Complaint("/query/unit", "unfit", said)


def _lines_elsewhere(catalogue: Catalogue, asked: Sequence[tuple[str, str]]) -> Iterator[Complaint]:
    campaign = dict(asked).get("campaign", "")
    for name, code in asked:
        category = catalogue.categories.get(code) if name == "category" else None
        if category and campaign in catalogue.campaigns and category.campaign != campaign:
            said = say("unknown-category.of", seen=code, campaign=campaign)
            yield Complaint("/query/category", "unknown-category", said)


def refuse_wrong_filters(catalogue: Catalogue, **asked: str | Sequence[str] | None) -> None:
    """Refuse filters that match nothing because of what they name: their list would be empty without saying why."""
    given = [
        (name, code)
        for name, sent in asked.items()
        if sent is not None
        for code in ([sent] if isinstance(sent, str) else sent)
    ]
    if found := wrong_filters(catalogue, given):
        raise InvalidInput(errors=found)


async def unknown_beside(request: Request, body: object) -> list[Complaint]:
    """What a request names that the catalogue does not have, where it is refused for another reason as well."""
    sent = [(name, code) for name, code in request.query_params.multi_items() if name in _UNKNOWN and code != EACH]
    fields = body.items() if isinstance(body, dict) else ()
    named = [(name, code) for name, code in fields if name in _UNKNOWN and isinstance(code, str)]
    if not sent and not named:
        return []
    catalogue = await _current_catalogue(request)
    return [*wrong_filters(catalogue, sent), *unknown(catalogue, named, "")]


def province_of(catalogue: Catalogue, code: str) -> Unit:
    """The province of a path, or 404."""
    unit = catalogue.units.get(code)
    if unit is None or unit.level != "province":
        raise NotFound(say("no-such.province", seen=code))
    return unit


def campaign_named(catalogue: Catalogue, code: str) -> Campaign:
    campaign = catalogue.campaigns.get(code)
    if campaign is None:
        raise InvalidInput(errors=unknown(catalogue, [("campaign", code)]))
    return campaign


def filtered(
    catalogue: Catalogue, *, province: str | None = None, unit: str | None = None, **others: str | None
) -> tuple[str | None, str | None]:
    """`province=` and `unit=` as (owner, unit): a province with its communes, or exactly one unit.

    These and the other filters are refused together.
    """
    refuse_wrong_filters(catalogue, province=province, unit=unit, **others)
    return (province, None) if unit is None else (catalogue.units[unit].owner, unit)


def scope_of_list(
    who: Identity, catalogue: Catalogue, *, province: str | None, unit: str | None, **others: str | None
) -> tuple[str | None, str | None]:
    """The owner and unit that a private list is narrowed to: the requested ones, or the caller's own.

    Raises:
        InvalidInput: these or the other filters name what there is not.
        NotYourRole: the caller's role has no such list.
        NotYourUnit: the requested unit is another's; that is never an empty list.

    """
    owner, unit = filtered(catalogue, province=province, unit=unit, **others)
    if who.sees_everything:
        return owner, unit
    if not who.scope:
        raise NotYourRole
    if owner is None:
        return who.owner, None if who.unit == who.owner else who.unit
    if not who.owns(owner, unit or owner):
        raise NotYourUnit
    return owner, unit
