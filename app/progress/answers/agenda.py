"""Who must speak at the meeting, and why: red, answers overdue, fallen back, silent; each with facts and a sentence."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.progress.answers.context import ReadContext
from app.progress.figures.agenda_sentences import sentence
from app.progress.figures.cell import Cells
from app.progress.figures.figures import is_silent_with_work

Item = Mapping[str, Any]
_URGENCY = {"red": 0, "answers_overdue": 1, "fallen_back": 2, "silent": 3}


def agenda(
    context: ReadContext, provinces: Sequence[Item], agencies: Sequence[Item], before: Cells | None
) -> list[dict[str, Any]]:
    """The most urgent first. `before` are the cells of the moment that falling back is measured from."""
    those = [*_speakers(context, "province", provinces, before), *_speakers(context, "agency", agencies, before)]
    return sorted(those, key=_order)


def _speakers(
    context: ReadContext, level: str, items: Sequence[Item], before: Cells | None
) -> Iterator[dict[str, Any]]:
    for item in items:
        reasons = list(_reasons(context, item, before))
        if reasons:
            yield {
                "level": level,
                "code": item["code"],
                "name": item["name"],
                "reasons": reasons,
                "sentence": sentence(context, item["name"], reasons),
            }


def _reasons(context: ReadContext, item: Item, before: Cells | None) -> Iterator[dict[str, Any]]:
    if item["overdue_open"]:
        first: Sequence[Item] = next((r["assignments"] for r in item.get("reasons", ()) if r["kind"] == "overdue"), [])
        yield {"kind": "red", "overdue_open": item["overdue_open"], "assignments": first}
    if item.get("answers_overdue") or item.get("promises_broken"):
        yield {
            "kind": "answers_overdue",
            **{fact: item[fact] for fact in ("answers_overdue", "promises_broken", "first_answer_due")},
        }
    if lost := _lost(context, item["code"], before):
        yield {"kind": "fallen_back", "categories": lost}
    still_open = item["assignments_total"] - item["assignments_completed"]
    if is_silent_with_work(item.get("reporting", "fresh"), still_open):
        yield {"kind": "silent", "last_update_at": item["last_update_at"], "assignments_open": still_open}


def _lost(context: ReadContext, owner: str, before: Cells | None) -> list[str]:
    """The lines that an owner had completed and has no longer."""
    if before is None:
        return []
    return [
        code
        for code in context.category_codes
        if (was := before.get((owner, code))) and was.state == "completed"
        if (now := context.cells.get((owner, code))) and now.state != "completed"
    ]


def _order(speaker: dict[str, Any]) -> tuple[Any, ...]:
    """By the kinds of reasons, the most urgent first; of two that share those, who has one more comes first."""
    kinds = sorted(_URGENCY[reason["kind"]] for reason in speaker["reasons"])
    overdue = sum(reason.get("overdue_open", 0) for reason in speaker["reasons"])
    return (*kinds, len(_URGENCY)), -overdue, speaker["level"] == "agency", speaker["code"]
