"""The report of a moment or of a bulletin, from the answers of progress."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.bulletins import service as bulletins
from app.catalogue.catalogue import named
from app.clock import minute_of, read
from app.errors import Complaint, InvalidInput
from app.progress.answers.context import ReadContext
from app.progress.answers.matrix import matrix
from app.progress.answers.progress import progress
from app.progress.answers.provinces import provinces
from app.progress.figures.context import FigureContext
from app.progress.figures.moment import Moment
from app.progress.figures.statement import moment as spoken
from app.progress.requests import QueryContext, read_context
from app.reports.changes import changes, in_one_line
from app.reports.report import (
    ComparedBulletin,
    IssuedBulletin,
    LightReason,
    Line,
    OverdueWork,
    ProgressReport,
    Province,
    State,
)
from app.reports.surroundings import compared, letterhead, owing, silent_units
from app.reports.words import say

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


@dataclass(frozen=True, slots=True)
class ReportQuery:
    """A moment by both clocks, or a bulletin."""

    as_of: datetime | None = None
    known_at: datetime | None = None
    bulletin: int | None = None
    since_bulletin: int | None = None

    def check(self) -> None:
        """Refuse a bulletin together with a moment: it has its own.

        Raises:
            InvalidInput: `not-together`.

        """
        if self.bulletin is not None and (self.as_of or self.known_at):
            raise InvalidInput(errors=[Complaint("/query/bulletin", "not-together")])


async def report(query: QueryContext, asked: ReportQuery) -> ProgressReport:
    asked.check()
    if asked.bulletin is not None:
        return await _of_bulletin(query, asked.bulletin, asked.since_bulletin)
    context = await read_context(query, as_of=asked.as_of, known_at=asked.known_at)
    return await _of_moment(query, context, asked.since_bulletin)


async def _of_moment(query: QueryContext, context: ReadContext, since: int | None) -> ProgressReport:
    known_at = context.moment.known_at
    answers = {
        "progress": progress(context, context.figures),
        "provinces": await provinces(context),
        "matrix": await matrix(context),
    }
    made = _made(context, answers, drawn_up=known_at or minute_of(query.now))
    made = await _surrounded(context, made, since=since, before=None, known_by=known_at or query.now)
    if known_at is None:
        return made
    return replace(made, notes=(made.say("known_at", moment=spoken(context.lang, known_at)),))


async def _of_bulletin(query: QueryContext, wanted: int, since: int | None) -> ProgressReport:
    """The figures as issued. What was not frozen is by what had been recorded when it was issued, and says so."""
    found = await bulletins.shown_numbered(query, wanted)
    as_of, issued_at = read(found["as_of"]), read(found["issued_at"])
    at = Moment(as_of, read(found["known_at"]), present=False)
    context = await bulletins.context_at(query.session, query.catalogue, query.campaign, at, query.lang)
    made = _made(context, found, drawn_up=issued_at)
    made = await _surrounded(context, made, since=since, before=wanted, known_by=issued_at)
    changed = {
        category: plain(text)
        for category, text in changes(
            context.lang, found["differences"], lambda code: _unit_name(context, code)
        ).items()
    }
    restated = in_one_line(context.lang, changed, {line.code: line.name for line in made.lines})
    issue = spoken(context.lang, issued_at)
    computed = made.say("provinces_known", moment=issue) if found["not_frozen"] else ""
    notes = (made.say("bulletin", number=wanted, moment=issue), computed, restated)
    return replace(
        made,
        title=plain(found["title"]) if context.lang == "vi" else made.title,
        proposals=tuple(plain(one) for one in found["proposals"]),
        computed_at=spoken(context.lang, read(found["known_at"])),
        notes=tuple(note for note in notes if note),
        lines=tuple(replace(line, changed=changed.get(line.code, "")) for line in made.lines),
        bulletin=IssuedBulletin(wanted, issued_at, restated, changed.get(None, "")),
    )


async def _surrounded(
    context: ReadContext, made: ProgressReport, *, since: int | None, before: int | None, known_by: datetime
) -> ProgressReport:
    """The report with what it says beside the figures."""
    found = await compared(context, wanted=since, before=before, known_by=known_by)
    agencies, overdue = await owing(context)
    silent, communes = await silent_units(context)
    made = replace(
        made,
        overdue=(*_overdue(made), *(_plainly(one) for one in overdue)),
        agencies=tuple(replace(one, name=plain(one.name)) for one in agencies),
        silent=tuple(replace(one, name=plain(one.name)) for one in silent),
        silent_communes=communes,
    )
    if found is None:
        return made
    row, completed = found
    lines = tuple(replace(line, before=completed.get(line.code)) for line in made.lines)
    return replace(made, lines=lines, since=ComparedBulletin(row.number, spoken(context.lang, row.as_of)))


def _plainly(one: OverdueWork) -> OverdueWork:
    return replace(one, name=plain(one.name), first=tuple(map(plain, one.first)))


def _overdue(made: ProgressReport) -> list[OverdueWork]:
    """Provinces with overdue work, the most first."""
    found = [
        OverdueWork(one.name, one.overdue, next((why.first for why in one.reasons if why.kind == "overdue"), ()))
        for one in made.provinces
        if one.overdue
    ]
    return sorted(found, key=lambda one: -one.count)


def _made(context: FigureContext, answers: Mapping[str, Any], *, drawn_up: datetime) -> ProgressReport:
    progress, ranking, table = answers["progress"], answers["provinces"], answers["matrix"]
    states = [_states(*pair) for pair in zip(table["states"], table["verified"], strict=True)]
    lang, as_of = context.lang, read(progress["as_of"])
    return ProgressReport(
        lang=lang,
        title=plain(say(lang, "title", campaign=named(context.campaign.names, lang))),
        spoken=spoken(lang, as_of),
        as_of=as_of,
        known_at=context.moment.known_at,
        drawn_up=drawn_up,
        notes=(),
        statement=progress["statement"],
        provinces_completed=progress["provinces_completed"],
        provinces_total=progress["provinces_total"],
        lights=tuple(progress["lights"].items()),
        lines=tuple(_line(context, line, as_of) for line in progress["categories"]),
        provinces=tuple(_province(context, *pair) for pair in zip(ranking["items"], states, strict=True)),
        letterhead=letterhead(context),
        columns=tuple((line["position"], plain(line["name"])) for line in progress["categories"]),
    )


def _line(context: FigureContext, line: Mapping[str, Any], as_of: datetime) -> Line:
    statement = plain(line["statement"])
    return Line(
        position=line["position"],
        code=line["code"],
        name=plain(line["name"]),
        statement=statement,
        said=without_opening(statement, spoken(context.lang, as_of)),
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
        missing=tuple(_unit_name(context, code) for code in line["missing"]),
    )


def _province(context: FigureContext, item: Mapping[str, Any], states: tuple[State | None, ...]) -> Province:
    heard = item["last_update_at"]
    return Province(
        code=item["code"],
        name=plain(item["name"]),
        light=item["light"],
        reasons=tuple(
            LightReason(
                one["kind"], one["count"], tuple(_work(context, item["code"], work) for work in one["assignments"])
            )
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


def _work(context: FigureContext, province: str, work: Mapping[str, Any]) -> str:
    """The task, with its unit where that is not the province itself."""
    task = plain(context.name(context.catalogue.tasks[work["task"]].names))
    return task if work["unit"] == province else f"{task} – {plain(work['unit_name'])}"


def _states(states: list[State | None], verified: list[bool | None]) -> tuple[State | None, ...]:
    return tuple("verified" if sure else state for state, sure in zip(states, verified, strict=True))


def _unit_name(context: FigureContext, code: str) -> str:
    """A bulletin may name a unit that the catalogue no longer has."""
    return plain(context.unit_name(code)) if code in context.catalogue.units else code


def without_opening(statement: str, moment: str) -> str:
    """`26/34 tỉnh …` out of `Tính đến 17 giờ ngày 27/6/2025, 26/34 tỉnh …`: a document gives the moment only once."""
    _, found, rest = statement.partition(moment)
    rest = rest.removeprefix("現在、").removeprefix(", ")
    return rest[:1].upper() + rest[1:] if found and rest else statement


def plain(text: str) -> str:
    """On one line, with nothing in it that a document cannot hold."""
    return _UNPRINTABLE.sub(" ", text)
