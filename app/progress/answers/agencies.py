"""What each agency owes: its own tasks, and answers to the obstacles addressed to it."""

from datetime import datetime
from typing import Any

from app.clock import text
from app.obstacles.service import Owed, owed
from app.progress.answers.context import ReadContext
from app.progress.figures import figures
from app.progress.figures.cell import Cell, total

NOTHING_OWED = Owed("", 0, None, 0, None, 0, 0, None)


async def agencies(context: ReadContext) -> dict[str, Any]:
    """The agency with the most answers owed first, then the oldest one owed, then the most open work."""
    at = context.moment
    answers = await owed(context.session, context.campaign.code, at.reported_by, at.as_of)
    by_agency = {found.agency: found for found in answers}
    codes = [agency.code for agency in context.agencies]
    last_reports = await context.last_reports(codes)
    items = [_item(context, code, by_agency.get(code, NOTHING_OWED), last_reports.get(code)) for code in codes]
    return {**context.head(), "items": sorted(items, key=_rank_key)}


def _item(context: ReadContext, code: str, answers: Owed, last_report_at: datetime | None) -> dict[str, Any]:
    cells = [cell for (owner, _), cell in context.cells.items() if owner == code]
    work = total(cells) if cells else Cell()
    return {
        "code": code,
        "name": context.unit_name(code),
        "light": _light(work, answers),
        "reporting": figures.reporting(work, last_report_at, context.moment.as_of),
        "assignments_total": work.total,
        "assignments_completed": work.complete,
        "assignments_verified": work.verified,
        "assignments_open": work.total - work.complete,
        "overdue_open": work.overdue,
        "last_update_at": _text_or_none(last_report_at),
        "obstacles_open": answers.obstacles_open,
        "oldest_open_since": _text_or_none(answers.oldest_open_since),
        "answers_overdue": answers.answers_overdue,
        "first_answer_due": _text_or_none(answers.first_answer_due),
        "promises_broken": answers.promises_broken,
        "obstacles_answered": answers.answers,
        "median_answer_hours": None if answers.median_answer_hours is None else round(answers.median_answer_hours, 1),
    }


def _light(work: Cell, answers: Owed) -> figures.Light | None:
    """As a province's; red also while an answer is overdue, whether the agency has work of its own or not."""
    return "red" if answers.answers_overdue else figures.light(work)


def _rank_key(item: dict[str, Any]) -> tuple[Any, ...]:
    return -item["obstacles_open"], item["oldest_open_since"] or "9", -item["assignments_open"], item["code"]


def _text_or_none(at: datetime | None) -> str | None:
    return text(at) if at else None
