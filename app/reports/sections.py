"""What a report says, section by section, in the order in which an official reads it out. Pure."""

import re
from collections.abc import Iterable, Iterator

from app.progress.figures.statement import NAMED_AT_MOST, named
from app.reports.blocks import Block, Section, TableBlock, TextBlock
from app.reports.report import Line, ProgressReport
from app.reports.words import listed, number

SIGNS = {
    "verified": "■",
    "completed": "●",
    "in_progress": "○",
    "blocked": "▲",
    "not_started": "□",
    None: "–",
}
"""A sign for each state, different in shape; Times New Roman has all of them."""
MANY = 2 / 3
"""Where more than this share of the provinces is missing, those that have completed are named instead."""


ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")
_MARKED = re.compile(r"[-–•+*]|(\d+|[a-zđ]|[IVX]+)[.)]", re.IGNORECASE)


def sections(report: ProgressReport) -> list[Section]:
    found = [_result(report), _lights(report), _overdue(report), _obstacles(report), _silent(report)]
    if report.proposals:
        those = tuple(TextBlock(one, is_vietnamese=True) for one in numbered(report.proposals))
        found.append(Section(report.say("proposals"), those))
    return found


def numbered(proposals: tuple[str, ...]) -> tuple[str, ...]:
    """Several with their numbers, unless whoever typed them began one with a mark of a list."""
    if len(proposals) == 1 or any(_MARKED.match(one) for one in proposals):
        return proposals
    return tuple(f"{position}. {one}" for position, one in enumerate(proposals, 1))


def appendices(report: ProgressReport) -> list[Section]:
    return [
        Section(report.say("provinces"), (_provinces(report),)),
        Section(report.say("matrix"), (TextBlock(legend(report), is_note=True), _matrix(report)))
        if report.lines
        else _nothing(report),
    ]


def _nothing(report: ProgressReport) -> Section:
    return Section(report.say("matrix"), (TextBlock(report.say("no_lines")),))


def _result(report: ProgressReport) -> Section:
    if not report.lines:
        return Section(report.say("lines"), (TextBlock(report.say("no_lines")),))
    blocks: list[Block] = [TextBlock(changed)] if (changed := since(report)) else []
    blocks.append(_figures(report))
    blocks.extend(
        TextBlock(
            report.say("space").join(filter(None, (line.said, missing(report, line)))),
            f"{line.position}. {line.name}{report.say('colon')}",
        )
        for line in report.lines
    )
    return Section(report.say("lines"), tuple(blocks))


def since(report: ProgressReport) -> str:
    """What has changed since the last bulletin, in one sentence; empty where there is none before."""
    if report.since is None:
        return ""
    moved = [
        report.say("moved", name=line.name, before=line.before, after=line.completed, signed=_signed(line.change))
        for line in report.lines
        if line.change
    ]
    changes = report.say("mark").join(moved) or report.say("unmoved")
    return report.say("since", number=report.since.number, moment=report.since.spoken, changes=changes)


def _signed(change: int) -> str:
    return f"+{change}" if change > 0 else f"−{-change}" if change else "0"


def _figures(report: ProgressReport) -> TableBlock:
    keys = ["position", "name", "share", "verified", "tasks", "on_time", "late", "overdue"]
    head = [report.say(f"col.{key}") for key in keys]
    rows = [figures(report, line) for line in report.lines]
    if report.since:
        head.insert(3, report.say("col.since", number=report.since.number))
        for row, line in zip(rows, report.lines, strict=True):
            row.insert(3, "–" if line.change is None else _signed(line.change))
    rows_shown = tuple(tuple(row) for row in rows)
    return TableBlock(report.say("table"), tuple(head), rows_shown, frozenset({1}), numbers_from=2)


def figures(report: ProgressReport, line: Line) -> list[str]:
    """A row of the table of figures: `26/34` and the rest."""

    def n(value: int) -> str:
        return number(report.lang, value)

    of_provinces = [f"{line.completed}/{line.total}", n(line.verified)] if line.total else ["–", "–"]
    tasks = f"{n(line.tasks_completed)}/{n(line.tasks_total)}"
    return [str(line.position), line.name, *of_provinces, tasks, n(line.on_time), n(line.late), n(line.overdue)]


def missing(report: ProgressReport, line: Line) -> str:
    """Who has not completed a line; where that is nearly everyone, who has; without provinces, the open tasks.

    Empty where the statement names them all, says that all are left, or that nobody is.
    """
    if not line.total:
        still_open = line.tasks_total - line.tasks_completed
        return report.say("missing_tasks", n=number(report.lang, still_open)) if still_open else ""
    if not line.missing or named(total=line.total, completed=line.completed, missing=line.missing):
        return ""
    if not line.completed and line.total > NAMED_AT_MOST:
        return ""
    if len(line.missing) > MANY * line.total and line.completed:
        done = [one.name for one in report.provinces if one.state_of(report.lines.index(line)) in _COMPLETE]
        return report.say("missing_many", names=listed(report.lang, done))
    return report.say("missing_some", names=listed(report.lang, line.missing))


_COMPLETE = ("completed", "verified")


def _lights(report: ProgressReport) -> Section:
    by_light = ((light, [one.name for one in report.provinces if one.light == light]) for light in _LOUDEST_FIRST)
    blocks = [
        TextBlock(
            f"{listed(report.lang, names)}{report.say('stop')}", report.say("light_of", light=light_name, n=len(names))
        )
        for light, names in by_light
        if names and (light_name := report.say(f"light.{light}"))
    ]
    return Section(report.say("provinces"), (*blocks, TextBlock(report.say("see_appendices"))))


_LOUDEST_FIRST = ("red", "yellow", "green")


def _overdue(report: ProgressReport) -> Section:
    title = report.say("overdue")
    known = tuple(_as_known(report, "agencies"))
    if not report.overdue:
        return Section(title, (TextBlock(report.say("overdue_none")), *known))
    keys = ("position", "unit", "overdue", "first")
    rows = (
        (one.name, number(report.lang, one.count), report.say("mark").join(one.first) or "–") for one in report.overdue
    )
    said = report.say(
        "overdue_some", n=number(report.lang, sum(one.count for one in report.overdue)), units=len(report.overdue)
    )
    return Section(title, (TextBlock(said), _numbered(report, title, keys, rows, left={1, 3}), *known))


def _obstacles(report: ProgressReport) -> Section:
    title, known = report.say("obstacles"), tuple(_as_known(report, "all"))
    owing = [one for one in report.agencies if one.obstacles_open]
    if not owing:
        return Section(title, (TextBlock(report.say("obstacles_none")), *known))
    keys = ("position", "agency", "obstacles_open", "oldest", "due", "answers_overdue", "broken", "answered", "median")
    rows = (
        (
            one.name,
            number(report.lang, one.obstacles_open),
            one.oldest or "–",
            one.due or "–",
            number(report.lang, one.overdue),
            number(report.lang, one.broken),
            number(report.lang, one.answered),
            one.median or "–",
        )
        for one in owing
    )
    said = [report.say("obstacles_some", n=sum(one.obstacles_open for one in owing), agencies=len(owing))]
    if overdue := [one for one in owing if one.overdue]:
        names = listed(report.lang, [one.name for one in overdue])
        said.append(report.say("answers_overdue", n=sum(one.overdue for one in overdue), names=names))
    if broken := sum(one.broken for one in owing):
        said.append(report.say("promises_broken", n=broken))
    return Section(
        title, (TextBlock(report.say("space").join(said)), _numbered(report, title, keys, rows, left={1}), *known)
    )


def _silent(report: ProgressReport) -> Section:
    said = []
    for kind in ("never", "stale"):
        names = [*(one.name for one in report.provinces if one.is_silent and one.reporting == kind)]
        names += [one.name for one in report.silent if one.reporting == kind]
        if names:
            said.append(TextBlock(report.say(f"silent_{kind}", n=len(names), names=listed(report.lang, names))))
    if report.silent_communes:
        said.append(TextBlock(report.say("silent_communes", n=number(report.lang, report.silent_communes))))
    if not said:
        said.append(TextBlock(report.say("silent_none" if report.has_work else "silent_no_work")))
    return Section(report.say("silent"), (*said, *_as_known(report, "agencies_communes")))


def _as_known(report: ProgressReport, what: str) -> Iterator[TextBlock]:
    """Of what was not frozen with a bulletin: by which knowledge it is."""
    if report.computed_at:
        yield TextBlock(report.say(f"computed.{what}", moment=report.computed_at))


def _numbered(
    report: ProgressReport, caption: str, keys: Iterable[str], rows: Iterable[tuple[str, ...]], *, left: set[int]
) -> TableBlock:
    head = tuple(report.say(f"col.{key}") for key in keys)
    numbered = tuple((str(position), *row) for position, row in enumerate(rows, 1))
    return TableBlock(caption, head, numbered, frozenset(left))


def _provinces(report: ProgressReport) -> TableBlock:
    keys = ("rank", "province", "light", "categories", "tasks", "reasons", "reporting")
    head = tuple(report.say(f"col.{key}") for key in keys)
    rows = tuple(tuple(row) for row in provinces(report))
    return TableBlock(report.say("provinces"), head, rows, frozenset({1, 5}), shades="lights")


def provinces(report: ProgressReport) -> Iterable[list[str]]:
    """Rows of the table of provinces, the best first."""
    for one in sorted(report.provinces, key=lambda province: (province.rank, province.code)):
        done, whole = number(report.lang, one.tasks_completed), number(report.lang, one.tasks_total)
        yield [
            str(report.rank_of(one) or "–"),
            one.name,
            report.light_of(one),
            f"{one.categories_completed}/{one.categories_total}",
            f"{done}/{whole}",
            report.reasons_of(one) or "–",
            report.reporting_of(one),
        ]


def _matrix(report: ProgressReport) -> TableBlock:
    head = (report.say("col.province"), *(str(position) for position, _ in report.columns))
    rows = tuple((one.name, *(SIGNS[state] for state in one.states)) for one in report.provinces)
    return TableBlock(report.say("matrix"), head, rows, frozenset({0}), shades="states")


def legend(report: ProgressReport) -> str:
    """What the signs mean, each on one line with its words."""
    words = {sign: report.say(f"cell.{state or 'none'}") for state, sign in SIGNS.items()}
    signs = "   ".join(f"{sign} {said}".replace(" ", "\u00a0") for sign, said in words.items())
    return f"{report.say('matrix_note')} {signs}"
