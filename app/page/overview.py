"""The overview of one moment, for a desk and for the room: from the answers of /v1/progress to what is drawn."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.bulletins.baseline import Baseline, baseline
from app.clock import read, text
from app.page import wording
from app.page.asking import PRESENT, question, wall_clock
from app.page.bars import bar
from app.page.context import Context
from app.page.shown import shown_matrix, shown_progress, shown_provinces
from app.page.texts import short_line, short_unit
from app.page.tile_map import tile_map
from app.page.trend import CHART, SPARK, Size, Trend, trend
from app.progress.answers import timeline
from app.progress.answers.agencies import agencies
from app.progress.answers.agenda import agenda
from app.progress.answers.compare import LineCount
from app.progress.answers.context import ReadContext
from app.progress.answers.silent import silent
from app.progress.figures.moment import Moment
from app.progress.figures.statement import moment as spoken

Answer = Mapping[str, Any]
_DAY = timedelta(days=1)
ROOM_LINE = 30
"""Letters of names that fit on a line of the room's screen, wherever it breaks; a Japanese one is as wide as two."""
ROOM_LINES = 3
"""Lines of names that the room's screen has for those who must speak."""
AND_OTHERS = 4
"""Letters that the last line leaves for how many more there are, beyond what breaking leaves."""


async def overview(context: Context) -> dict[str, Any]:
    view, say = context.view, context.say
    progress = shown_progress(context)
    items = await shown_provinces(context)
    before = await baseline(view, context.bulletins, context.query.now) if context.has_begun else None
    lines = await _lines(context, progress, before)
    provinces = wording.provinces(view, items, say)
    owing = (await agencies(view))["items"]
    speakers = agenda(view, items, owing, before.cells if before else None)
    groups = grouped(speakers)
    return {
        "progress": progress,
        "headline": headline(context, progress),
        "statement": progress["statement"],
        "since": _since(context, before) if before else None,
        "changed_since": _changed_since(context, before) if before else None,
        "delta": _delta(progress, before),
        "lines": lines,
        "provinces": provinces,
        "map": tile_map(
            items, {code: short_unit(view.lang, code, view.unit_name(code)) for code in view.province_codes}
        ),
        "matrix": wording.matrix(view, await shown_matrix(context), provinces),
        "agenda": speakers,
        "groups": groups,
        "silent_beside": len(speakers) - sum(len(names) + more for _, names, more in groups),
        "silent": _silent(view, provinces),
        "silent_communes": (await silent(view, limit=1, after=None, level="commune"))["total"],
        "agencies": owing,
    }


def headline(context: Context, progress: Answer) -> str:
    """The first thing that is read, short enough for the wall of a room."""
    say, done, total = context.say, progress["provinces_completed"], progress["provinces_total"]
    if not context.has_begun or not total:
        return say("headline.nothing")
    if not done:
        return say("headline.none", total=total)
    if done == total:
        return say("headline.all", total=total)
    return say("headline.some", n=done, total=total)


def _since(context: Context, before: Baseline) -> dict[str, Any]:
    """What the changes are measured from, in words."""
    say, number, as_of = context.say, before.bulletin, before.moment.as_of
    return {
        "bulletin": number,
        "as_of_text": text(as_of),
        "words": say("since.bulletin", number=number) if number else say("since.day"),
        "spoken": spoken(context.view.lang, as_of),
    }


def _changed_since(context: Context, before: Baseline) -> dict[str, str]:
    """How the comparison is asked for the changes that are shown."""
    asked, row = context.asked, context.opening.row
    ends = {"from": _end(before.bulletin, before.moment), "to": _end(row.number if row else None, context.view.moment)}
    found = question(asked.lang, asked.campaign)
    for name, (written, known_at) in ends.items():
        found |= {name: written} | ({f"{name}_known_at": known_at} if known_at else {})
    return found


def _end(bulletin: int | None, moment: Moment) -> tuple[str, str]:
    """A moment as one end of a comparison: what it is, and its second clock."""
    if bulletin:
        return f"b{bulletin}", ""
    written = PRESENT if moment.present else wall_clock(moment.as_of)
    return written, wall_clock(moment.known_at) if moment.known_at else ""


def _delta(progress: Answer, before: Baseline | None) -> int | None:
    return None if before is None else int(progress["provinces_completed"]) - before.end.provinces_completed


async def _lines(context: Context, progress: Answer, before: Baseline | None) -> list[dict[str, Any]]:
    """The lines of the report: figure, change, bar, course, and the names of those it still waits for."""
    view = context.view
    courses = await courses_of(view) if context.has_begun else {}
    were = before.end.lines if before else {}
    return [
        {
            **line,
            **counted(line),
            "short": short_line(view.lang, line["code"], line["name"]),
            "bar": bar(line),
            "change": _change(line, were.get(line["code"])),
            "spark": drawn(view, line, courses.get(line["code"], ()), SPARK),
            "missing_units": [(code, view.unit_name(code)) for code in line["missing"]],
        }
        for line in progress["categories"]
    ]


def counted(line: Answer) -> dict[str, Any]:
    """A line counts provinces; one that only agencies have work in counts their tasks."""
    level = "provinces" if line["provinces_total"] else "assignments"
    return {
        "agencies": level == "assignments",
        "completed": line[f"{level}_completed"],
        "total": line[f"{level}_total"],
        "verified": line[f"{level}_verified"],
    }


def _change(line: Answer, was: LineCount | None) -> int | None:
    if was is None:
        return None
    before = was.provinces_completed if line["provinces_total"] else was.assignments_completed
    return int(counted(line)["completed"]) - before


async def courses_of(view: ReadContext) -> dict[str, list[dict[str, Any]]]:
    """The daily course of every line up to the moment shown."""
    start, end = view.campaign.opening, max(view.moment.as_of, view.campaign.opening)
    end = min(end, horizon(view))
    return await timeline.points_by_category(view, timeline.points(start, end, "day"))


def horizon(view: ReadContext) -> datetime:
    """Where a course ends on paper: two days after the go-live."""
    return view.campaign.go_live + 2 * _DAY


def drawn(view: ReadContext, line: Answer, course: Sequence[Answer], size: Size = CHART) -> Trend | None:
    level = "provinces" if line["provinces_total"] else "assignments"
    points = [(read(point["at"]), point[f"{level}_completed"]) for point in course]
    return trend(
        points,
        line[f"{level}_total"],
        start=view.campaign.opening,
        end=horizon(view),
        deadline=view.campaign.deadline,
        size=size,
    )


def grouped(speakers: Sequence[Answer]) -> list[tuple[str, list[str], int]]:
    """Who must speak, by the first reason: the names that there is room for on a wall, and how many more there are."""
    by_kind: dict[str, list[str]] = {}
    for speaker in speakers:
        kind = speaker["reasons"][0]["kind"]
        if (kind, speaker["level"]) != ("silent", "province"):  # they are listed beside
            by_kind.setdefault(kind, []).append(speaker["name"])
    lines = max(ROOM_LINES - len(by_kind), 0) + 1
    found = []
    for kind, names in by_kind.items():
        room, lines = lines * ROOM_LINE - AND_OTHERS, 1  # the most urgent have the lines that are left
        shown = [name for index, name in enumerate(names) if _width(", ".join(names[: index + 1])) <= room]
        found.append((kind, shown or names[:1], len(names) - len(shown or names[:1])))
    return found


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _silent(view: ReadContext, provinces: Sequence[Answer]) -> list[Answer]:
    """The provinces that were never heard of, then those that have been silent; with names for the wall of a room."""
    those = [
        {**one, "short": short_unit(view.lang, one["code"], one["name"])}
        for one in provinces
        if one["reporting"] in ("never", "stale")
    ]
    return sorted(those, key=lambda one: (one["last_update_at"] or "", one["code"]))
