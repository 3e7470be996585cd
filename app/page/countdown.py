"""How far away a moment is, in words: days, hours, at the end minutes; then "now", then "since". Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from app.page.texts import Say

_DAY, _HOUR, _MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Distance:
    """`words` is the time alone (`3 days 7 hours`), `sentence` says whether it is left or past."""

    side: Literal["ahead", "now", "past"]
    words: str
    sentence: str


def distance(at: datetime, moment: datetime, say: Say) -> Distance:
    """How far `moment` lies from `at`. Within a minute after it, it is now."""
    if at < moment:
        words = " ".join(_parts(max(moment - at, _MINUTE), say))
        return Distance("ahead", words, say("time.left", time=words))
    if at - moment < _MINUTE:
        return Distance("now", say("time.now"), say("time.now"))
    words = " ".join(_parts(at - moment, say))
    return Distance("past", words, say("time.since", time=words))


def _parts(apart: timedelta, say: Say) -> Iterator[str]:
    """The two largest units, the second only where it is not zero; hours no longer matter after ten days."""
    days, hours = apart // _DAY, apart % _DAY // _HOUR
    minutes = apart % _HOUR // _MINUTE
    if days:
        yield say("time.days", n=days)
        if hours and days < 10:
            yield say("time.hours", n=hours)
        return
    if hours:
        yield say("time.hours", n=hours)
    if minutes or not hours:
        yield say("time.minutes", n=minutes)
