"""What is shown of a file that came through: the refused rows, the counts, the warnings, what waits for the unit."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any, Mapping, Sequence

from tiendo_push.console import Console
from tiendo_push.texts import text

SHOWN = 100
NAMED = 5
WAITING = ("returned", "answer_overdue", "promise_broken", "answered", "to_answer", "overdue", "due_soon", "blocked")
BY_NAME = ("returned", "answered")


def show_import(console: Console, done: Mapping[str, Any]) -> None:
    counts = done["counts"]
    _show_refusals(console, done["errors"], counts["rejected"])
    for warning in done.get("warnings", ()):
        console.say("warning", detail=_flat(warning["detail"] if isinstance(warning, dict) else warning))
    name = "stored" if done["state"] == "committed" else "would-be-stored"
    console.say(name, **counts, stored=counts["current"] + counts["superseded"])


def _show_refusals(console: Console, errors: Sequence[Mapping[str, Any]], rejected: int) -> None:
    """A list for the eye on a terminal; elsewhere one line each, its parts divided by tabs."""
    if not errors:
        return
    terminal = console.is_terminal()
    if terminal:
        console.say("rows-refused", rejected=rejected)
    for error in errors[:SHOWN]:
        _show_refusal(console, error, terminal=terminal)
    if len({(error.get("sheet"), error["line"]) for error in errors[:SHOWN]}) < rejected:
        console.warn("more-refused", rejected=rejected)


def _show_refusal(console: Console, error: Mapping[str, Any], *, terminal: bool) -> None:
    sheet, column = error.get("sheet"), error.get("column") or ""
    line = f"{sheet}!{error['line']}" if sheet else str(error["line"])
    detail = _flat(error["detail"])
    if not terminal:
        console.show("\t".join((line, _flat(column), error["code"], detail)))
    elif column:
        console.say("row", line=line, column=column, detail=detail)
    else:
        console.say("whole-row", line=line, detail=detail)


def show_waiting(console: Console, counts: Mapping[str, int], items: Sequence[Mapping[str, Any]]) -> None:
    """What waits in the inbox, a line for each reason; returned work and answers by name."""
    for reason in WAITING:
        if counts.get(reason):
            named = [item for item in items if reason in item.get("reasons", ())] if reason in BY_NAME else []
            console.say(reason, count=counts[reason], which=_which(named[:NAMED], counts[reason]))


def _which(named: Sequence[Mapping[str, Any]], count: int) -> str:
    if not named:
        return ""
    more = ["…"] if count > len(named) else []
    return ": " + "; ".join([_name(item) for item in named] + more)


def _name(item: Mapping[str, Any]) -> str:
    what = item.get("title") or item.get("task_name") or item.get("task") or ""
    where = f", {item['unit_name']}" if item.get("unit_name") else ""
    note = f" ({_flat(item['note'])})" if item.get("note") else ""
    return f"{_flat(what)}{where}{note}"


def show_expiry(console: Console, expires_at: str | None, now: datetime) -> None:
    if expires_at is None:
        return
    left = datetime.fromisoformat(expires_at.replace("Z", "+00:00")) - now
    if left < timedelta(days=1):
        console.say("expires-today")
    else:
        console.say("expires", days=left.days)


def show_problem(console: Console, problem: Mapping[str, Any]) -> None:
    """What a whole refusal complains of, beside what was shown as its reason."""
    complaints = problem.get("errors")
    # Another service between here and Tiến Độ may mean something else by the same name.
    for complaint in complaints[:SHOWN] if isinstance(complaints, list) else ():
        if not isinstance(complaint, dict) or complaint.get("detail") == problem.get("detail"):
            continue
        values = {"pointer": complaint.get("pointer", ""), "detail": _flat(complaint.get("detail", ""))}
        console.show(text("complaint", console.lang, **values), on_error=True)
    named = complaints if isinstance(complaints, list) else []
    if any(isinstance(one, dict) and one.get("code") == "unclear-column" for one in named):
        console.warn("say-column")


def now() -> datetime:
    return datetime.now(timezone.utc)


def _flat(words: object) -> str:
    return " ".join(str(words).split())
