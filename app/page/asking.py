"""What a reader asks the page for: the language, the campaign, the moment; written as people write it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Request
from pydantic_core import PydanticCustomError

from app.clock import VIETNAM, end_of_day, in_vietnam, read
from app.errors import Complaint, InvalidInput
from app.language import LANGUAGES, Language, accepted

PRESENT = "now"
_WALL_CLOCK = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """`present` says that the reader asked for the present, and not for what the page opens on."""

    lang: Language
    campaign: str | None
    as_of: datetime | None
    known_at: datetime | None
    present: bool

    @property
    def parameters(self) -> dict[str, str]:
        """The same question as query parameters."""
        return question(self.lang, self.campaign, PRESENT if self.present else self.as_of, self.known_at)


def question(
    lang: Language | None = None,
    campaign: str | None = None,
    as_of: datetime | str | None = None,
    known_at: datetime | None = None,
) -> dict[str, str]:
    """Query parameters of the page, only those that say something."""
    given = {
        "lang": lang,
        "campaign": campaign,
        "as_of": wall_clock(as_of) if isinstance(as_of, datetime) else as_of,
        "known_at": wall_clock(known_at) if known_at else None,
    }
    return {name: value for name, value in given.items() if value}


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
        raise InvalidInput(errors=[Complaint(f"/query/{parameter}", "malformed-time", "not a time")]) from None


def _completed(written: str) -> datetime | str:
    if _DAY.fullmatch(written):
        return end_of_day(date.fromisoformat(written))
    if match := _WALL_CLOCK.fullmatch(written):
        return datetime.fromisoformat(f"{match[1]}T{match[2]}{match[3] or ''}").replace(tzinfo=VIETNAM)
    return written


def language_of(request: Request) -> Language:
    """The language asked for; one that the page does not speak is as if none had been asked for."""
    for lang in LANGUAGES:
        if request.query_params.get("lang") == lang:
            return lang
    return accepted(request.headers.get("accept-language", ""))


async def _asked(request: Request) -> Asked:
    """Empty fields of the form ask for nothing; what the page does not know, it leaves alone."""
    given = request.query_params
    as_of = given.get("as_of", "").strip()
    known_at = given.get("known_at", "").strip()
    return Asked(
        lang=language_of(request),
        campaign=given.get("campaign", "").strip()[:64] or None,
        as_of=read_moment(as_of, "as_of") if as_of and as_of != PRESENT else None,
        known_at=read_moment(known_at, "known_at") if known_at else None,
        present=as_of == PRESENT,
    )


InQuestion = Annotated[Asked, Depends(_asked)]
