"""Schemas of new entities in the catalogue, and of changes."""

import datetime as dt
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from app.catalogue.schemas import Names, Out, UnitOut
from app.clock import Deadline, Instant
from app.level import Level


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _left_out() -> Any:
    """The value of a field that was not sent. Nothing reads it: a change consists of the fields that were sent."""


LEFT_OUT: Any = Field(default_factory=_left_out)

Code = Annotated[str, StringConstraints(max_length=64, pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]*$")]
"""A code is part of URLs and of scopes, so it consists of letters, digits, dots, dashes and underscores."""

Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$"),
    AfterValidator(_composed),
]
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$"),
    AfterValidator(_composed),
]
Standard = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Position = Annotated[int, Field(ge=1, le=10_000)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]

ProvinceKind = Literal["province", "municipality"]
CommuneKind = Literal["commune", "ward", "special_zone"]
AgencyKind = Literal["government_office", "ministry", "enterprise"]
UnitKind = Literal[ProvinceKind, CommuneKind]
KINDS: dict[str, tuple[str, ...]] = {
    "province": get_args(ProvinceKind),
    "commune": get_args(CommuneKind),
    "agency": get_args(AgencyKind),
}


class In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Patch(In):
    """A change: the fields that were sent, and no others."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    def sent(self) -> dict[str, Any]:
        return {name: _plain(getattr(self, name)) for name in type(self).model_fields if name in self.model_fields_set}


def _plain(value: Any) -> Any:
    if isinstance(value, SignerIn):
        return value.model_dump()
    return value.full() if isinstance(value, NamesIn) else value


class NamesIn(In):
    """A name in Vietnamese; where the other two are left out, they are the same."""

    vi: Name
    en: Name = LEFT_OUT
    ja: Name = LEFT_OUT

    def full(self) -> dict[str, str]:
        return {"vi": self.vi, "en": self.en or self.vi, "ja": self.ja or self.vi}


Symbol = Annotated[str, StringConstraints(max_length=60, pattern=r"^[^\x00-\x20\x7f]+$")]
Lines = Annotated[list[Line], Field(max_length=40)]


class SignerIn(In):
    """Who signs. `on_behalf` is the line above the position: `KT. BỘ TRƯỞNG`."""

    on_behalf: Name | None = None
    position: Name
    name: Name | None = None


class LetterheadIn(In):
    """What the campaign's documents are headed and signed with. What is sent replaces, null takes away, the rest stays.

    `symbol` is what stands after the number (`BC-BKHCN`), `addressees` are those after "Kính gửi:".
    """

    issuer: NamesIn | None = LEFT_OUT
    symbol: Symbol | None = LEFT_OUT
    place: NamesIn | None = LEFT_OUT
    signer: SignerIn | None = LEFT_OUT
    addressees: Lines | None = LEFT_OUT
    recipients: Lines | None = LEFT_OUT

    def over(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """The letterhead as it is stored after this change."""
        sent = {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}
        merged = {**before, **{name: _plain(value) for name, value in sent.items()}}
        return {name: value for name, value in merged.items() if value is not None}


class CampaignIn(In):
    """A new reform. A bare date means the end of that day in Viet Nam."""

    code: Code
    names: NamesIn
    opening: Deadline
    deadline: Deadline
    go_live: Deadline
    letterhead: LetterheadIn = LEFT_OUT


class CampaignPatch(Patch):
    names: NamesIn = LEFT_OUT
    opening: Deadline = LEFT_OUT
    deadline: Deadline = LEFT_OUT
    go_live: Deadline = LEFT_OUT
    letterhead: LetterheadIn = LEFT_OUT


class CategoryIn(In):
    """A new line of the report. Default: of the current campaign, behind its last line."""

    code: Code
    names: NamesIn
    campaign: Code | None = None
    position: Position | None = None


class CategoryPatch(Patch):
    names: NamesIn = LEFT_OUT
    position: Position = LEFT_OUT


class TaskIn(In):
    """A new piece of work for every unit of a level. Default: behind the last of its category, without a deadline."""

    code: Code
    category: Code
    level: Level
    names: NamesIn
    position: Position | None = None
    deadline: Deadline | None = None
    quality_standard: Standard | None = None


class TaskPatch(Patch):
    """`deadline` and `quality_standard` are what later units start with; assignments that exist keep theirs."""

    names: NamesIn = LEFT_OUT
    position: Position = LEFT_OUT
    deadline: Deadline | None = LEFT_OUT
    quality_standard: Standard | None = LEFT_OUT


class UnitIn(In):
    """A new province, or a commune of one."""

    code: Code
    level: Literal["province", "commune"]
    kind: UnitKind
    names: NamesIn
    province: Code | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None


class UnitPatch(Patch):
    """`until` is the last day of the former name or kind; default: today in Viet Nam."""

    names: NamesIn = LEFT_OUT
    kind: UnitKind = LEFT_OUT
    latitude: Latitude | None = LEFT_OUT
    longitude: Longitude | None = LEFT_OUT
    until: dt.date = LEFT_OUT


class AgencyIn(In):
    """A new agency: a ministry, a government office, a telecom enterprise."""

    code: Code
    kind: AgencyKind
    names: NamesIn


class AgencyPatch(Patch):
    """`until` is the last day of the former name or kind; default: today in Viet Nam."""

    names: NamesIn = LEFT_OUT
    kind: AgencyKind = LEFT_OUT
    until: dt.date = LEFT_OUT


class AssignmentPatch(Patch):
    """What is to change; null takes a value away. `reason` goes into the history, and `not_applicable` needs one."""

    deadline: Deadline | None = LEFT_OUT
    not_applicable: StrictBool = LEFT_OUT
    responsible_office: Line | None = LEFT_OUT
    responsible_person: Line | None = LEFT_OUT
    quality_standard: Standard | None = LEFT_OUT
    reason: Reason | None = LEFT_OUT


class FormerNameOut(Out):
    """A former name and kind, valid until the end of a day."""

    until: dt.date
    kind: str
    names: Names


class UnitDetailOut(UnitOut):
    """A unit with its former names, the latest first."""

    former_names: list[FormerNameOut]


class AssignmentsChangedOut(Out):
    """How many assignments the filter matched, and how many of them changed."""

    matched: int
    changed: int


class RulingOut(Out):
    """A deadline and `not_applicable` as they hold from `recorded_at` on. The first is the original."""

    recorded_at: Instant
    deadline: Deadline | None
    not_applicable: bool
    reason: str | None
    token: str | None
    token_name: str | None
