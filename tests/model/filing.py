"""Reports by file, done to the model as well: a preview, and its commit."""

import csv
import io
import json
from datetime import datetime

from tests.model.acting import Report, good_and_bad, is_bad, refused_for_authority, take_from_history
from tests.model.model import Moment, World
from tests.model.service_handle import ServiceHandle

KINDS = {"text/csv": 2, "application/x-ndjson": 1}
"""The kinds of file, and the line that their first row stands on."""


def file_of(kind: str, reports: list[Report]) -> bytes:
    if kind == "application/x-ndjson":
        return "\n".join(json.dumps(report.sent(), ensure_ascii=False) for report in reports).encode()
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["task", "unit", "status", "effective_at", "note"])
    for r in reports:
        writer.writerow([r.task, r.unit, r.status, r.effective_at.isoformat() if r.effective_at else "", r.note or ""])
    return text.getvalue().encode()


def one_of_each(reports: list[Report]) -> list[Report]:
    """One row for each assignment: what rows say of one another is for the tests of files."""
    return list({(report.task, report.unit): report for report in reports}.values())


def unchanged(world: World, report: Report, now: datetime) -> bool:
    """With a time: that report holds at that time already. Without one: that is the status already."""
    if report.effective_at is None:
        return world.status_now(report.task, report.unit, now) == report.status
    winners = world.assignments[report.task, report.unit].winners(Moment(now))
    return any(w.effective_at == report.effective_at and w.status == report.status for w in winners)


def may_say(world: World, who: str, report: Report) -> bool:
    """Whether a row can be held against what holds, which comes before asking whether it could be stored today.

    So a file that was stored once is never refused later, because what it is about no longer applies.
    """
    lacks_note = report.status == "returned" and not report.note
    known = (report.task, report.unit) in world.assignments
    return known and not lacks_note and not refused_for_authority(world, who, report)


def send_file(
    service: ServiceHandle, world: World, who: str, reports: list[Report], *, kind: str, at_once: bool
) -> None:
    """A file, committed with the preview or after it: its counts are the model's, and so is what it stores."""
    said = [r for r in reports if may_say(world, who, r) and unchanged(world, r, service.now)]
    bad = [place for place, r in enumerate(reports) if r not in said and is_bad(world, who, r, service.now)]
    new, _ = good_and_bad(world, who, [r for p, r in enumerate(reports) if p not in bad and r not in said], service.now)
    params = {"commit": str(at_once).lower()}
    headers = {"Content-Type": kind}
    answer = service.ask(who, "POST", "/v1/imports", params=params, headers=headers, content=file_of(kind, reports))
    assert answer.status_code == 201, answer.text
    if not at_once:
        answer = service.ask(who, "POST", f"/v1/imports/{answer.json()['id']}/commit")
        assert answer.status_code in (200, 201), answer.text
    counts, errors = answer.json()["counts"], answer.json()["errors"]
    assert sorted({error["line"] for error in errors}) == [place + KINDS[kind] for place in bad], (reports, errors)
    assert (counts["received"], counts["rejected"]) == (len(reports), len(bad)), (reports, counts)
    assert counts["unchanged"] == len(said), (reports, said, counts)
    assert counts["current"] == take_from_history(service, world, new), (reports, counts)
    assert counts["superseded"] == len(new) - counts["current"], (reports, counts)
