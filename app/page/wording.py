"""The answers of /v1/progress in the words of the page: provinces, reasons, milestones. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from app.clock import read
from app.page.texts import Say, short
from app.progress.answers.context import ReadContext

Answer = Mapping[str, Any]
_DAY = timedelta(days=1)


STATES = ("verified", "completed", "in_progress", "blocked", "not_started")
"""In the order of a bar: what is complete from the left."""


def provinces(view: ReadContext, items: Sequence[Answer], say: Say) -> list[dict[str, Any]]:
    """The provinces by rank, the best first, with their reasons in words."""
    in_order = sorted(items, key=lambda item: (item["rank"], item["code"]))
    return [
        {**item, **_heard(view, item, say), "why": [_reason(view, item, r, say) for r in item["reasons"]]}
        for item in in_order
    ]


def _heard(view: ReadContext, item: Answer, say: Say) -> dict[str, Any]:
    """When a province was last heard of, and how long it has been silent."""
    if item["last_update_at"] is None:
        return {"updated": None, "reporting_word": say("reporting.never"), "silent_for": say("reporting.never")}
    heard = read(item["last_update_at"])
    silent = max((view.moment.as_of - heard) // _DAY, 0)
    word = say("reporting.stale", n=silent) if item["reporting"] == "stale" else say("reporting.fresh")
    return {
        "updated": short(view.lang, heard, view.moment.as_of),
        "reporting_word": word,
        "silent_for": say("time.days", n=silent),
    }


def _reason(view: ReadContext, item: Answer, reason: Answer, say: Say) -> dict[str, Any]:
    shown = [_assignment(view, item["code"], assignment) for assignment in reason["assignments"]]
    more = reason["count"] - len(shown)
    return {
        "kind": reason["kind"],
        "text": say(f"reason.{reason['kind']}", n=reason["count"]),
        "assignments": shown,
        "more": say("and_more", n=more) if more else None,
    }


def _assignment(view: ReadContext, province: str, assignment: Answer) -> str:
    task = view.name(view.catalogue.tasks[assignment["task"]].names)
    return task if assignment["unit"] == province else f"{task} ({assignment['unit_name']})"


def matrix(view: ReadContext, answer: Answer, order: Sequence[Answer]) -> dict[str, Any]:
    """The matrix with its rows in an order of provinces, and how many have completed each column; none where
    it applies to no province.
    """
    rows = dict(zip(answer["provinces"], zip(answer["states"], answer["verified"], strict=True), strict=True))
    cells = [(province, list(_cells(*rows[province["code"]]))) for province in order]
    totals = [_total(column) for column in zip(*answer["states"], strict=True)]
    columns = [view.catalogue.categories[code] for code in answer["categories"]]
    heads = [(one.position, view.name(one.names), one.code) for one in columns]
    return {"heads": heads, "rows": cells, "totals": totals}


def _total(column: Sequence[str | None]) -> int | None:
    return column.count("completed") if any(column) else None


def _cells(states: Sequence[str | None], verified: Sequence[bool | None]) -> Iterator[str]:
    for state, all_verified in zip(states, verified, strict=True):
        yield "verified" if state == "completed" and all_verified else state or "none"
