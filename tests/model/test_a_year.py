"""A year of a province's life, played from a script: it ends in exactly the figures that its people meant.

Templates, the same file every hour, reports by hand, returns, corrections, a second person, a ward. What they mean is
written beside what they do; whatever else their files say must not move a figure.
"""

import io
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import openpyxl

from app import clock
from tests.imports.sheets import XLSX, csv, saved
from tests.imports.test_template import cell
from tests.model.comparing import compare_all
from tests.model.model import Update, World
from tests.model.service_handle import ServiceHandle

WARD = "14758"
NOW = ("unit", "task", "status", "note")
TIMED = ("unit", "task", "status", "effective_at")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class Year:
    """The service, and what its people meant: the status of each piece of work that they spoke of."""

    service: ServiceHandle
    world: World
    meant: dict[tuple[str, str], str] = field(default_factory=dict)

    def says(self, who: str, task: str, status: str, unit: str = "38", note: str | None = None) -> None:
        """Somebody reports by hand, and means it."""
        sent = {"task": task, "unit": unit, "status": status, "note": note}
        answer = self.service.ask(who, "POST", "/v1/status-updates", json=sent)
        assert answer.status_code == 201, answer.text
        self.meant[task, unit] = status
        self.service.wait(HOUR)

    def sends(self, who: str, file: bytes | str, **counts: int) -> Any:
        """Somebody sends a file; `counts` says what becomes of its rows, as far as it matters."""
        kind, content = ("text/csv", file.encode()) if isinstance(file, str) else (XLSX, file)
        answer = self.service.ask(
            who, "POST", "/v1/imports?commit=true", content=content, headers={"Content-Type": kind}
        )
        done = answer.json()
        assert answer.status_code == 201, answer.text
        assert {name: done["counts"][name] for name in counts} == counts, (self.service.now, done)
        self.service.wait(HOUR)
        return done

    def template(self, who: str, query: str = "") -> Any:
        body = self.service.ask(who, "GET", f"/v1/imports/template.xlsx{query}").content
        self.service.wait(HOUR)
        return openpyxl.load_workbook(io.BytesIO(body))

    def local(self, ago: timedelta) -> str:
        return f"{clock.in_vietnam(self.service.now - ago):%d/%m/%Y %H:%M}"

    def day(self, ago: timedelta) -> str:
        return f"{clock.in_vietnam(self.service.now - ago):%d/%m/%Y}"

    def check(self) -> None:
        """All stands as it was meant, and every figure of the service is the one that follows from its history."""
        items = self.service.all_of("/v1/assignments", province="38")
        stands = {(item["task"], item["unit"]): item["status"] for item in items}
        assert {key: stands[key] for key in self.meant} == self.meant
        assert {status for key, status in stands.items() if key not in self.meant} <= {"not_started"}
        self._read_history()
        compare_all(self.service, self.world, {})

    def _read_history(self) -> None:
        for assignment in self.world.assignments.values():
            assignment.updates.clear()
        for row in self.service.all_of("/v1/status-updates"):
            effective_at, recorded_at = clock.read(row["effective_at"]), clock.read(row["recorded_at"])
            update = Update(UUID(row["id"]), row["status"], effective_at, recorded_at)
            self.world.assignments[row["task"], row["unit"]].updates.append(update)


def set_row(book: Any, task: str, status: str, note: str | None = None, unit: str = "38") -> None:
    cell(book.active, task, "Trạng thái", unit).value = status
    cell(book.active, task, "Ghi chú", unit).value = note


def test_a_year_ends_in_the_figures_that_its_people_meant(running: tuple[ServiceHandle, World]) -> None:
    year = Year(*running)
    june(year)
    summer(year)
    autumn(year)
    winter(year)
    spring(year)


def june(year: Year) -> None:
    """The hourly export with a token of its own, a ward that is quicker, a template kept since the morning."""
    export = csv(
        ("38", "dia-chi", "Đang thực hiện", ""),
        ("38", "thu-tuc", "Hoàn thành", "Quyết định 12"),
        (WARD, "may-moc", "Chưa thực hiện", ""),
        header=NOW,
    )
    year.sends("phong", export, current=2, unchanged=1)
    year.meant |= {("dia-chi", "38"): "in_progress", ("thu-tuc", "38"): "completed"}
    morning = year.template("huong")
    year.says("xa", "may-moc", "completed", WARD, "Đã nghiệm thu")
    for _ in range(3):
        year.sends("phong", export, current=0, unchanged=2, rejected=1)
    year.check()
    set_row(morning, "dia-chi", "Hoàn thành", "Số 1 Lê Lợi")
    year.sends("huong", saved(morning), current=1, rejected=0)
    year.meant["dia-chi", "38"] = "completed"
    year.sends("phong", export, current=0, rejected=2)
    year.check()


def summer(year: Year) -> None:
    """Returned and answered; last week's template; a colleague with a token of his own; verified for good."""
    year.service.wait(30 * DAY)
    year.says("lan", "thu-tuc", "returned", note="Thiếu danh mục")
    year.says("lan", "dia-chi", "verified")
    old = csv(("38", "thu-tuc", "Hoàn thành", "Quyết định 12"), ("38", "dia-chi", "Vướng mắc", ""), header=NOW)
    year.sends("huong", old, rejected=2)
    year.sends("phong", old, rejected=2)
    dated = csv(("38", "thu-tuc", "Hoàn thành", year.day(DAY)), header=TIMED)
    year.sends("phong", dated, rejected=1)
    fresh = year.template("huong")
    year.sends("huong", saved(fresh), current=0, rejected=0)
    year.check()
    set_row(fresh, "thu-tuc", "Hoàn thành", "Đã bổ sung danh mục")
    year.sends("phong", saved(fresh), current=1, rejected=0)
    year.meant["thu-tuc", "38"] = "completed"
    year.sends("huong", old, rejected=1)
    year.says("lan", "thu-tuc", "verified")
    year.sends("huong", saved(fresh), current=0)
    year.check()


def autumn(year: Year) -> None:
    """Past days, a wrong file taken back, the same bytes from cron, a contradiction."""
    year.service.wait(60 * DAY)
    days = [("38", "trung-tam", "Hoàn thành", year.day(3 * DAY)), (WARD, "can-bo", "Vướng mắc", year.local(2 * DAY))]
    wrong = csv(*days, ("14797", "can-bo", "Hoàn thành", year.day(DAY)), header=TIMED)
    done = year.sends("huong", wrong, current=3)
    answer = year.service.ask("huong", "POST", f"/v1/imports/{done['id']}/undo")
    assert (answer.status_code, answer.json()["undo"]["answered"]) == (200, 3), answer.text
    year.service.wait(HOUR)
    year.meant |= {
        ("trung-tam", "38"): "not_started",
        ("can-bo", WARD): "not_started",
        ("can-bo", "14797"): "not_started",
    }
    year.check()
    year.sends("huong", wrong, current=0)
    year.check()
    year.sends("huong", csv(*days, header=TIMED), current=2)
    year.meant |= {("trung-tam", "38"): "completed", ("can-bo", WARD): "blocked"}
    twice = csv(("14797", "can-bo", "Hoàn thành", ""), ("14797", "can-bo", "Vướng mắc", ""), header=NOW)
    year.sends("phong", twice, current=0, rejected=2)
    year.check()


def winter(year: Year) -> None:
    """The ward corrects itself at the same moment; the province's stamped export does not undo it."""
    year.service.wait(90 * DAY)

    def stamped(status: str) -> str:
        return csv((WARD, "can-bo", status, year.service.now.isoformat()), header=TIMED)

    year.sends("phong", stamped("Đang thực hiện"), current=1)
    year.says("xa", "can-bo", "completed", WARD)
    for _ in range(3):
        year.sends("phong", stamped("Đang thực hiện"), current=0, rejected=1)
    year.says("lan", "can-bo", "returned", WARD, "Chưa có quyết định")
    year.sends("phong", stamped("Hoàn thành"), rejected=1)
    waiting = year.template("xa")
    set_row(waiting, "can-bo", "Hoàn thành", "Quyết định 45", WARD)
    year.sends("xa", saved(waiting), current=1)
    year.meant["can-bo", WARD] = "completed"
    year.check()


def spring(year: Year) -> None:
    """The ministry's own file of verdicts; and whoever sends what again moves nothing."""
    year.service.wait(120 * DAY)
    verdicts = year.template("lan", "?province=38")
    set_row(verdicts, "can-bo", "Đã xác minh", None, WARD)
    set_row(verdicts, "trung-tam", "Trả lại", "Thiếu ảnh")
    year.sends("lan", saved(verdicts), current=2, rejected=0)
    year.meant |= {("can-bo", WARD): "verified", ("trung-tam", "38"): "returned"}
    year.sends("lan", saved(verdicts), current=0)
    again = csv((WARD, "can-bo", "Hoàn thành", ""), ("38", "trung-tam", "Hoàn thành", ""), header=NOW)
    year.sends("huong", again, current=0, unchanged=1, rejected=1)
    year.check()
