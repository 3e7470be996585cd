"""What a reader asks the page for: the language, the campaign, the moment; written as people write it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal, NoReturn
from urllib.parse import urlencode

from fastapi import Depends, Request
from pydantic_core import PydanticCustomError

from app.clock import VIETNAM, end_of_day, in_vietnam, read
from app.errors import Complaint, InvalidInput
from app.language import LANGUAGES, Language
from app.language_of_request import language_of
from app.messages import Sentence, say

PRESENT = "now"
THEN: Literal["then"] = "then"
"""`known_at=then`: only what had been recorded by the moment shown."""

SHARED = ("lang", "campaign", "as_of", "known_at", "bulletin")
"""Parameters that every page takes; they travel along in its links."""

_WALL_CLOCK = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER = re.compile(r"[1-9]\d{0,8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """`present` says that the reader asked for the present, and not for what the page opens on."""

    lang: Language
    campaign: str | None = None
    as_of: datetime | None = None
    known_at: datetime | Literal["then"] | None = None
    bulletin: int | None = None
    present: bool = False
    room: bool = False

    @property
    def parameters(self) -> dict[str, str]:
        """The same question as query parameters."""
        return question(
            self.lang,
            self.campaign,
            PRESENT if self.present else self.as_of,
            self.known_at,
            bulletin=self.bulletin,
        )

    @property
    def chosen(self) -> bool:
        """Whether the reader chose a moment."""
        return self.present or self.as_of is not None or self.known_at is not None or self.bulletin is not None


def question(
    lang: Language | None = None,
    campaign: str | None = None,
    as_of: datetime | str | None = None,
    known_at: datetime | str | None = None,
    *,
    bulletin: int | None = None,
) -> dict[str, str]:
    """Query parameters of the page, only those that say something."""
    given = {
        "lang": lang,
        "campaign": campaign,
        "as_of": _written(as_of),
        "known_at": _written(known_at),
        "bulletin": str(bulletin) if bulletin else None,
    }
    return {name: value for name, value in given.items() if value}


def _written(moment: datetime | str | None) -> str | None:
    return wall_clock(moment) if isinstance(moment, datetime) else moment


def link(path: str, parameters: Mapping[str, str]) -> str:
    """An address with what is asked of it."""
    found = urlencode(parameters, safe=":")
    return f"{path}?{found}" if found else path


def wall_clock(at: datetime) -> str:
    """A moment as a `datetime-local` field holds it, in Vietnamese time: seconds only where there are any."""
    local = in_vietnam(at).replace(tzinfo=None)
    if local.microsecond:
        return in_vietnam(at).isoformat()
    return local.isoformat(timespec="seconds" if local.second else "minutes")


def read_moment(written: str, parameter: str) -> datetime:
    """A Vietnamese wall-clock time, a day (its end), or RFC 3339 with an offset.

    Raises:
        InvalidInput: it is none of them.

    """
    try:
        return read(_completed(written.strip()))
    except (PydanticCustomError, ValueError):
        raise _wrong(parameter, "malformed-time", say("malformed-time", seen=written)) from None


def read_number(written: str, parameter: str) -> int:
    """The number of a bulletin.

    Raises:
        InvalidInput: it is not a number of 1 or more.

    """
    if not _NUMBER.fullmatch(written):
        raise _wrong(parameter, "malformed", say("malformed.number", seen=written))
    return int(written)


def _completed(written: str) -> datetime | str:
    if _DAY.fullmatch(written):
        return end_of_day(date.fromisoformat(written))
    if match := _WALL_CLOCK.fullmatch(written):
        return datetime.fromisoformat(f"{match[1]}T{match[2]}{match[3] or ''}").replace(tzinfo=VIETNAM)
    return written


def refuse_unknown(request: Request, known: Iterable[str]) -> None:
    """A parameter that the page does not know, or that stands twice, is answered and not ignored.

    Raises:
        InvalidInput: `unknown-parameter`, `unfit`, or `unknown-value` for a language that the page does not speak.

    """
    for name in request.query_params:
        if name not in known:
            raise _wrong(name, "unknown-parameter", say("unknown-parameter", seen=name))
        if len(set(request.query_params.getlist(name))) > 1:
            raise _wrong(name, "unfit", say("unfit.twice"))
    if request.query_params.get("lang", LANGUAGES[0]) not in LANGUAGES:
        lang = request.query_params["lang"]
        raise _wrong("lang", "unknown-value", say("unknown-value.possible", seen=lang, expected=LANGUAGES))


def refuse_with_bulletin(parameter: str) -> NoReturn:
    """A bulletin has a moment of its own."""
    raise _wrong(parameter, "not-together", say("not-together"))


def _wrong(parameter: str, code: str, said: Sentence) -> InvalidInput:
    return InvalidInput(errors=[Complaint(f"/query/{parameter}", code, said)])


async def _asked(request: Request) -> Asked:
    refuse_unknown(request, SHARED)
    return asked_of(request)


async def _asked_of_overview(request: Request) -> Asked:
    refuse_unknown(request, (*SHARED, "view"))
    return asked_of(request)


def asked_of(request: Request) -> Asked:
    """Empty fields of a form ask for nothing.

    Raises:
        InvalidInput: a moment, a number or a view that cannot be read; a bulletin beside a moment of one's own.

    """
    given = {name: value.strip() for name, value in request.query_params.items()}
    as_of, known_at, view = given.get("as_of", ""), given.get("known_at", ""), given.get("view", "")
    bulletin = given.get("bulletin", "")
    if view not in ("", "room"):
        raise _wrong("view", "unknown-value", say("unknown-value.possible", seen=view, expected="room"))
    if bulletin and (as_of or known_at):
        refuse_with_bulletin("bulletin")
    return Asked(
        lang=language_of(request),
        campaign=given.get("campaign", "")[:64] or None,
        as_of=read_moment(as_of, "as_of") if as_of and as_of != PRESENT else None,
        known_at=THEN if known_at == THEN else read_moment(known_at, "known_at") if known_at else None,
        bulletin=read_number(bulletin, "bulletin") if bulletin else None,
        present=as_of == PRESENT,
        room=view == "room",
    )


InQuestion = Annotated[Asked, Depends(_asked)]
InQuestionOfOverview = Annotated[Asked, Depends(_asked_of_overview)]
