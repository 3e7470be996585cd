"""Files, done to the model as well: every kind of row, templates taken and sent back, files taken back."""

import csv
import hashlib
import io
import json
from datetime import datetime
from typing import Any
from uuid import UUID

import openpyxl

from tests.model.acting import (
    AHEAD,
    MINISTRY,
    Report,
    good_and_bad,
    refused_for_authority,
    take_from_history,
)
from tests.model.campaign import REPORTERS
from tests.model.file_rules import (
    FileRow,
    Judgement,
    Sender,
    end_of,
    stamped,
    vietnamese_day,
)
from tests.model.last_words import keep_refused, last_words_of
from tests.model.model import VERDICTS, Assignment, CommittedFile, Update, World
from tests.model.service_handle import ServiceHandle

KINDS = {"text/csv": 2, "application/x-ndjson": 1}
"""The kinds of file, and the line that their first row stands on."""
KNOWN_BETTER = ("changed-since", "returned-since", "verified")
"""Why a row is refused because of what was reported."""
WORDS = {
    "Chưa thực hiện": "not_started",
    "Đang thực hiện": "in_progress",
    "Vướng mắc": "blocked",
    "Hoàn thành": "completed",
    "Đã xác minh": "verified",
    "Trả lại": "returned",
}


def cells(row: FileRow) -> dict[str, Any]:
    at = row.at.isoformat() if row.at else f"{row.day:%d/%m/%Y}" if row.day else ""
    base = f"{row.base[0]}:{row.base[1] or '-'}" if row.base else ""
    return {
        "task": row.task,
        "unit": row.unit,
        "status": row.status,
        "effective_at": at,
        "note": row.note or "",
        "base": base,
    }


def file_of(kind: str, rows: list[FileRow]) -> bytes:
    if kind == "application/x-ndjson":
        said = [{name: value for name, value in cells(row).items() if value} for row in rows]
        return "\n".join(json.dumps(one, ensure_ascii=False) for one in said).encode()
    text = io.StringIO()
    writer = csv.DictWriter(text, list(cells(rows[0])))
    writer.writeheader()
    writer.writerows(map(cells, rows))
    return text.getvalue().encode()


def is_bad_by_itself(world: World, who: str, row: FileRow, now: datetime) -> bool:
    """Whether a row is refused whatever was reported: not theirs, to come, without the note of a return."""
    if row.key not in world.assignments:
        return True
    if (row.at and row.at > now + AHEAD) or (row.day and row.day > vietnamese_day(now)):
        return True
    return refused_for_authority(world, who, Report(*row.key, row.status)) or (
        row.status == "returned" and not row.note
    )


def shows_no_more_than_it_should(world: World, who: str, row: FileRow, now: datetime) -> bool:
    """Whether only the status of a template row is not theirs to say: it may be as it was filled."""
    known = row.key in world.assignments
    to_come = (row.at and row.at > now + AHEAD) or (row.day and row.day > vietnamese_day(now))
    own = who in MINISTRY or not refused_for_authority(world, who, Report(*row.key, "completed"))
    return row.base is not None and known and own and not to_come


def as_report(row: FileRow, now: datetime) -> Report:
    at = row.at or (end_of(row.day) if row.day and end_of(row.day) <= now else None)
    return Report(row.task, row.unit, row.status, at)


def send_file(service: ServiceHandle, world: World, who: str, rows: list[FileRow], *, kind: str, at_once: bool) -> None:
    """A file, committed with the preview or after it: what becomes of each row is the model's, and what it stores."""
    body, now = file_of(kind, rows), service.now
    sender = Sender(who, REPORTERS.get(who, "*"), who in MINISTRY, hashlib.sha256(body).digest())
    judgement = Judgement(world, sender, rows, now)
    early = {p for p, row in enumerate(rows) if is_bad_by_itself(world, who, row, now)}
    shown = {p for p in early if shows_no_more_than_it_should(world, who, rows[p], now)}
    decided = judgement.outcomes({p: row for p, row in enumerate(rows) if p not in early or p in shown})
    decided = {p: code for p, code in decided.items() if p not in shown or code != "stored"}
    refused = {p: code for p, code in decided.items() if code != "unchanged"}
    unchanged = {p for p, code in decided.items() if code == "unchanged"}
    left = [p for p in range(len(rows)) if p not in early | decided.keys()]
    good, late = good_and_bad(world, who, [as_report(rows[p], now) for p in left], now)
    refused_late = {left[place] for place in late}
    refused_late |= {p for place in refused_late for p in judgement.repeated.get(place, [])}
    unchanged -= refused_late
    bad = (early - unchanged) | refused.keys() | refused_late
    done = _send(service, who, kind, body, at_once=at_once)
    _same_outcomes(rows, kind, done, bad, refused, unchanged)
    assert done["counts"]["current"] == take_from_history(service, world, good), (rows, done)
    as_filled = {p for p in unchanged if rows[p].base and judgement.by_base(rows[p]) == "unchanged"}
    kept = [p for p in range(len(rows)) if p not in bad and p not in as_filled]
    committed_at = datetime.fromisoformat(done["committed_at"])
    words = last_words_of(judgement, rows, kept, committed_at)
    known_better = [p for p, code in refused.items() if code in KNOWN_BETTER]
    keep_refused(judgement, rows, kept, known_better, committed_at)
    templates = {row.base[0] for row in rows if row.base}
    file = CommittedFile(done["id"], who, sender.unit, sender.digest, stamped(rows, now), templates, words)
    world.files.append(file)


def _send(service: ServiceHandle, who: str, kind: str, body: bytes, *, at_once: bool) -> Any:
    params = {"commit": str(at_once).lower()}
    answer = service.ask(who, "POST", "/v1/imports", params=params, headers={"Content-Type": kind}, content=body)
    assert answer.status_code == 201, answer.text
    if not at_once:
        answer = service.ask(who, "POST", f"/v1/imports/{answer.json()['id']}/commit")
        assert answer.status_code in (200, 201), answer.text
    return answer.json()


def _same_outcomes(
    rows: list[FileRow], kind: str, done: Any, bad: set[int], refused: dict[int, str], unchanged: set[int]
) -> None:
    first = KINDS[kind]
    found = {error["line"] - first: error["code"] for error in done["errors"]}
    assert set(found) == bad, (rows, refused, done["errors"])
    for place, code in refused.items():
        assert found[place] == code, (rows[place], code, done["errors"])
    assert done["counts"]["received"] == len(rows)
    assert done["counts"]["rejected"] == len(bad)
    assert done["counts"]["unchanged"] == len(unchanged), (rows, unchanged, done)


def take_template(service: ServiceHandle, who: str) -> list[FileRow]:
    """The rows of a template as they are filled."""
    answer = service.ask(who, "GET", "/v1/imports/template.xlsx?lang=vi")
    assert answer.status_code == 200, answer.text
    sheet: Any = openpyxl.load_workbook(io.BytesIO(answer.content), read_only=True).worksheets[0]
    table = [list(line) for line in sheet.iter_rows(min_row=4, values_only=True)]
    header = table[0]
    return [_filled(dict(zip(header, line, strict=True))) for line in table[1:] if line[0]]


def _filled(line: dict[str, Any]) -> FileRow:
    template, _, update = str(line["base"]).partition(":")
    update = update.partition(":")[0]
    base = (template, None if update == "-" else UUID(update))
    return FileRow(line["Mã nhiệm vụ"], line["Mã đơn vị"], WORDS[line["Trạng thái"]], base=base)


def take_back(service: ServiceHandle, world: World, file: CommittedFile) -> None:
    """An undo by the sender: what it answers, and what it leaves alone, is the model's."""
    expected, left = [], 0
    answered = 0
    for key, assignment in world.assignments.items():
        standing = [u for u in assignment.updates if not _is_taken_back(world, file.who, assignment, u)]
        own = [u for u in standing if u.file == file.id]
        if not own:
            continue
        recorded_at, first = own[0].recorded_at, min(u.effective_at for u in own)
        since = any(u.recorded_at > recorded_at for u in standing)
        leaning = [u for u in assignment.updates if u.undoes and u.recorded_at > recorded_at and u.effective_at > first]
        others = [u for u in standing if u.file != file.id]
        for update in sorted([*own, *leaning], key=lambda u: u.id):
            before = _before(others, update)
            status, note = (before.status, before.note) if before else ("not_started", None)
            if since or status in VERDICTS:
                left += update in own
            elif update in own or (update.status, update.note) != (status, note):
                answered += update in own
                expected.append(Report(*key, status, update.effective_at))
    answer = service.ask(file.who, "POST", f"/v1/imports/{file.id}/undo")
    if file.undone:
        assert answer.status_code == 409, answer.text
        return
    assert answer.status_code == 200, answer.text
    undo = answer.json()["undo"]
    assert (undo["answered"], len(undo["left_alone"])) == (answered, left), answer.text
    take_from_history(service, world, expected)
    file.undone = True


def _is_taken_back(world: World, who: str, assignment: Assignment, update: Update) -> bool:
    """Whether a report counts for nothing: it was answered, answers one, or is of a file that was taken back."""
    if update.undoes or any(u.undoes == update.id for u in assignment.updates):
        return True
    file = next((f for f in world.files if f.id == update.file), None)
    return file is not None and file.undone and (who in MINISTRY or _is_below(world, file.unit, REPORTERS[who]))


def _is_below(world: World, unit: str, other: str) -> bool:
    """Whether the files of a unit are seen by another: its own, or its province."""
    return unit == other or (unit in world.units and world.units[unit].owner == other)


def _before(reports: list[Update], update: Update) -> Update | None:
    """What held at the moment of a report just before it was recorded."""
    earlier = [u for u in reports if u.effective_at <= update.effective_at and u.recorded_at < update.recorded_at]
    return max(earlier, key=lambda u: u.place, default=None)
