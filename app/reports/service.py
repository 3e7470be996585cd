"""Making the report of a moment or of a bulletin from the answers of progress."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.bulletins import service as bulletins
from app.catalogue.catalogue import named
from app.clock import minute_of, read
from app.errors import Complaint, InvalidInput
from app.progress import answers
from app.progress.moments import Moment
from app.progress.serving import Setting, view_of
from app.progress.statement import moment as spoken
from app.progress.view import View
from app.reports.changes import changes, in_one_line
from app.reports.report import Bulletin, Line, Province, Reason, Report, State
from app.reports.words import say

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """A moment by either clock, or a bulletin."""

    as_of: datetime | None = None
    known_at: datetime | None = None
    bulletin: int | None = None

    def check(self) -> None:
        """Refuse a bulletin at another moment: it has one of its own.

        Raises:
            InvalidInput: `not-together`.

        """
        if self.bulletin is not None and (self.as_of or self.known_at):
            detail = "a bulletin has its own moment: ask for it alone, or for a moment"
            raise InvalidInput(errors=[Complaint("/query/bulletin", "not-together", detail)])


async def report(setting: Setting, asked: Asked) -> Report:
    asked.check()
    if asked.bulletin is not None:
        return await _of_bulletin(setting, asked.bulletin)
    return await _of_moment(setting, await view_of(setting, as_of=asked.as_of, known_at=asked.known_at))


async def _of_moment(setting: Setting, view: View) -> Report:
    known_at = view.moment.known_at
    made = await _made(view, await answers.progress(view), drawn_up=known_at or minute_of(setting.now))
    if known_at is None:
        return made
    return replace(made, notes=(made.say("known_at", moment=spoken(view.lang, known_at)),))


async def _of_bulletin(setting: Setting, wanted: int) -> Report:
    """The figures as issued. The provinces, which are not frozen, by what had been recorded when it was issued."""
    found = await bulletins.shown_numbered(setting, wanted)
    as_of, issued_at = read(found["as_of"]), read(found["issued_at"])
    at = Moment(as_of, issued_at, present=False)
    view = await bulletins.view_at(setting.session, setting.catalogue, setting.campaign, at, setting.lang)
    made = await _made(view, found["progress"], drawn_up=issued_at)
    changed = {
        category: plain(text)
        for category, text in changes(view.lang, found["differences"], lambda code: _unit_name(view, code)).items()
    }
    restated = in_one_line(view.lang, changed, {line.code: line.name for line in made.lines})
    issue = spoken(view.lang, issued_at)
    notes = (made.say("bulletin", number=wanted, moment=issue), made.say("provinces_known", moment=issue), restated)
    return replace(
        made,
        title=plain(found["title"]),
        notes=tuple(note for note in notes if note),
        lines=tuple(replace(line, changed=changed.get(line.code, "")) for line in made.lines),
        bulletin=Bulletin(wanted, issued_at, restated, changed.get(None, "")),
    )


async def _made(view: View, progress: Mapping[str, Any], *, drawn_up: datetime) -> Report:
    matrix, provinces = await answers.matrix(view), await answers.provinces(view)
    states = [_states(*pair) for pair in zip(matrix["states"], matrix["verified"], strict=True)]
    lang, as_of = view.lang, read(progress["as_of"])
    return Report(
        lang=lang,
        title=plain(say(lang, "title", campaign=named(view.campaign.names, lang))),
        spoken=spoken(lang, as_of),
        as_of=as_of,
        known_at=view.moment.known_at,
        drawn_up=drawn_up,
        notes=(),
        provinces_completed=progress["provinces_completed"],
        provinces_total=progress["provinces_total"],
        lights=tuple(progress["lights"].items()),
        lines=tuple(_line(view, line, as_of) for line in progress["categories"]),
        provinces=tuple(_province(view, *pair) for pair in zip(provinces["items"], states, strict=True)),
        columns=tuple((one.position, plain(view.name(one.names))) for one in view.categories),
    )


def _line(view: View, line: Mapping[str, Any], as_of: datetime) -> Line:
    statement = plain(line["statement"])
    return Line(
        position=line["position"],
        code=line["code"],
        name=plain(line["name"]),
        statement=statement,
        said=without_opening(statement, spoken(view.lang, as_of)),
        completed=line["provinces_completed"],
        total=line["provinces_total"],
        completion=line["completion"],
        verified=line["provinces_verified"],
        in_progress=line["provinces_in_progress"],
        blocked=line["provinces_blocked"],
        not_started=line["provinces_not_started"],
        tasks_completed=line["assignments_completed"],
        tasks_total=line["assignments_total"],
        tasks_verified=line["assignments_verified"],
        on_time=line["completed_on_time"],
        late=line["completed_late"],
        overdue=line["overdue_open"],
        missing=tuple(_unit_name(view, code) for code in line["missing"]),
    )


def _province(view: View, item: Mapping[str, Any], states: tuple[State | None, ...]) -> Province:
    heard = item["last_update_at"]
    return Province(
        code=item["code"],
        name=plain(item["name"]),
        light=item["light"],
        reasons=tuple(
            Reason(one["kind"], one["count"], tuple(_work(view, item["code"], work) for work in one["assignments"]))
            for one in item["reasons"]
        ),
        reporting=item["reporting"],
        categories_completed=item["categories_completed"],
        categories_total=item["categories_total"],
        tasks_completed=item["assignments_completed"],
        tasks_total=item["assignments_total"],
        tasks_verified=item["assignments_verified"],
        tasks_blocked=item["assignments_blocked"],
        overdue=item["overdue_open"],
        last_update_at=read(heard) if heard else None,
        rank=item["rank"],
        states=states,
    )


def _work(view: View, province: str, work: Mapping[str, Any]) -> str:
    """The task; whose it is only where it is not the province's own."""
    task = plain(view.name(view.catalogue.tasks[work["task"]].names))
    return task if work["unit"] == province else f"{task} – {plain(work['unit_name'])}"


def _states(states: list[State | None], verified: list[bool | None]) -> tuple[State | None, ...]:
    return tuple("verified" if sure else state for state, sure in zip(states, verified, strict=True))


def _unit_name(view: View, code: str) -> str:
    """A bulletin may name a unit that the catalogue no longer has."""
    return plain(view.unit_name(code)) if code in view.catalogue.units else code


def without_opening(statement: str, moment: str) -> str:
    """`26/34 tỉnh …` out of `Tính đến 17 giờ ngày 27/6/2025, 26/34 tỉnh …`: a document says the moment once."""
    _, found, rest = statement.partition(moment)
    rest = rest.removeprefix("現在、").removeprefix(", ")
    return rest[:1].upper() + rest[1:] if found and rest else statement


def plain(text: str) -> str:
    """On one line, with nothing in it that a document cannot hold."""
    return _UNPRINTABLE.sub(" ", text)
