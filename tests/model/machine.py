"""A province, a ministry and their service in every order of events, with the model at their side."""

from contextlib import ExitStack
from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.model import strategies as some
from tests.model.acting import Report, report_many, report_one
from tests.model.campaign import DEADLINE, LATER, REPORTERS, make_task, make_unit
from tests.model.conftest import ModelFixture
from tests.model.file_rules import FileRow
from tests.model.filing import KINDS, send_file, take_back, take_template
from tests.model.model import Task, Unit
from tests.model.troubles import BLINK, Troubles

SHORTLY = st.sampled_from([BLINK, BLINK, timedelta(hours=7)])
DATA = st.data()
PROVINCES = ("38", "40", "12")
REPORTER = st.sampled_from(sorted(REPORTERS))
SENDER = st.sampled_from(["huong", "huong", "phong", "xa", "minh", "viettel", "lan"])
DEADLINES = (None, DEADLINE, LATER, DEADLINE - timedelta(days=4), LATER + timedelta(days=30))


class Rollout(Troubles):
    """What happens: time, reports by every way in, verdicts, rulings, new work.

    Obstacles are in `Troubles`, what is read is in `Readings`.
    """

    def __init__(self, model_fixture: ModelFixture) -> None:
        super().__init__()
        self.sent: list[tuple[str, list[FileRow]]] = []
        self.templates: list[tuple[str, list[FileRow]]] = []
        self.stack = ExitStack()
        self.service, self.world = self.stack.enter_context(model_fixture.start())

    def teardown(self) -> None:
        self.stack.close()
        super().teardown()

    @rule(span=some.SPANS)
    def time_passes(self, span: timedelta) -> None:
        self.service.wait(span)

    @rule()
    def the_history_is_projected(self) -> None:
        self.service.project_once()

    @rule(data=DATA, times=st.integers(1, 4))
    def units_report(self, data: st.DataObject, times: int) -> None:
        for _ in range(times):
            self.service.wait(data.draw(SHORTLY))
            report = data.draw(some.reports(self.service, self.world, some.STATUSES))
            report_one(self.service, self.world, data.draw(st.sampled_from(self.entitled(report))), report)

    @rule(data=DATA)
    def the_ministry_judges(self, data: st.DataObject) -> None:
        self.service.wait(BLINK)
        report_one(self.service, self.world, "lan", data.draw(some.verdicts(self.service, self.world)))

    @rule(data=DATA, who=st.sampled_from([*sorted(REPORTERS), "lan"]))
    def someone_reports_what_may_not_be_theirs(self, data: st.DataObject, who: str) -> None:
        self.service.wait(BLINK)
        report_one(self.service, self.world, who, data.draw(some.reports(self.service, self.world, ANY_STATUS)))

    @rule(data=DATA, who=REPORTER, mode=st.sampled_from(["atomic", "partial"]), dry_run=st.booleans())
    def a_unit_reports_many(self, data: st.DataObject, who: str, mode: str, dry_run: bool) -> None:
        self.service.wait(BLINK)
        rows = data.draw(st.lists(some.reports(self.service, self.world, some.STATUSES), min_size=1, max_size=8))
        kept = [row for row in rows if who in self.entitled(row)] if mode == "atomic" else rows
        report_many(self.service, self.world, who, kept or rows, mode=mode, dry_run=dry_run)

    @rule(data=DATA, who=SENDER, kind=st.sampled_from(sorted(KINDS)), at_once=st.booleans())
    def a_file_is_sent(self, data: st.DataObject, who: str, kind: str, at_once: bool) -> None:
        self.service.wait(data.draw(SHORTLY))
        rows = data.draw(st.lists(some.file_rows(self.service, self.world, who), min_size=1, max_size=6))
        self.sent.append((who, rows))
        send_file(self.service, self.world, who, rows, kind=kind, at_once=at_once)

    @precondition(lambda self: self.sent)
    @rule(data=DATA)
    def a_file_is_sent_again(self, data: st.DataObject) -> None:
        """By whoever sent it, or by a colleague: the same bytes, an hour or days later."""
        self.service.wait(data.draw(SHORTLY))
        who, rows = data.draw(st.sampled_from(self.sent[-6:]))
        colleagues = [name for name, unit in REPORTERS.items() if unit == REPORTERS.get(who)] or [who]
        send_file(self.service, self.world, data.draw(st.sampled_from(colleagues)), rows, kind="text/csv", at_once=True)

    @rule(who=SENDER)
    def a_template_is_taken(self, who: str) -> None:
        self.service.wait(BLINK)
        self.templates.append((who, take_template(self.service, who)))

    @precondition(lambda self: any(rows for _, rows in self.templates))
    @rule(data=DATA)
    def a_template_comes_back(self, data: st.DataObject) -> None:
        self.service.wait(data.draw(SHORTLY))
        who, rows = data.draw(st.sampled_from([one for one in self.templates if one[1]][-4:]))
        edited = data.draw(some.edited(self.service, rows, verdicts=who == "lan"))
        send_file(self.service, self.world, who, edited, kind="text/csv", at_once=data.draw(st.booleans()))

    @precondition(lambda self: self.world.files)
    @rule(data=DATA)
    def a_file_is_taken_back(self, data: st.DataObject) -> None:
        self.service.wait(BLINK)
        take_back(self.service, self.world, data.draw(st.sampled_from(self.world.files[-4:])))

    @rule(data=DATA, mode=st.sampled_from(["atomic", "partial"]))
    def the_ministry_judges_many(self, data: st.DataObject, mode: str) -> None:
        self.service.wait(BLINK)
        rows = data.draw(st.lists(some.verdicts(self.service, self.world), min_size=1, max_size=5))
        report_many(self.service, self.world, "lan", rows, mode=mode, dry_run=False)

    @rule(who=st.sampled_from(["huong", "minh", "ha"]), status=st.sampled_from(["completed", "blocked", "in_progress"]))
    def a_province_reports_all_its_communes(self, who: str, status: str) -> None:
        self.service.wait(BLINK)
        province, at = REPORTERS[who], self.service.now - timedelta(hours=1)
        communes = [unit.code for unit in self.world.units.values() if unit.province == province]
        rows = [Report("may-moc", code, status, at) for code in communes]
        report_many(self.service, self.world, who, rows, mode="partial", dry_run=False)

    @rule(data=DATA, deadline=st.sampled_from(DEADLINES))
    def a_deadline_moves(self, data: st.DataObject, deadline: datetime | None) -> None:
        task, unit = data.draw(some.assignments(self.world))
        self.decide("an", task, [unit], {"deadline": deadline and deadline.isoformat()})

    @rule(data=DATA, ruled=st.booleans())
    def the_ministry_rules_what_applies(self, data: st.DataObject, ruled: bool) -> None:
        task, unit = data.draw(some.assignments(self.world))
        self.decide("lan", task, [unit], {"not_applicable": ruled, "reason": "Xã đảo"})

    @rule(data=DATA, deadline=st.sampled_from(DEADLINES))
    def the_deadline_of_a_task_moves_everywhere(self, data: st.DataObject, deadline: datetime | None) -> None:
        task = data.draw(st.sampled_from(sorted(self.world.tasks)))
        units = [unit for code, unit in self.world.assignments if code == task]
        self.decide("an", task, units, {"deadline": deadline and deadline.isoformat()})

    @rule(data=DATA, ruled=st.booleans())
    def work_of_a_province_does_not_apply(self, data: st.DataObject, ruled: bool) -> None:
        province = data.draw(st.sampled_from(PROVINCES))
        task = data.draw(st.sampled_from(sorted(self.world.tasks)))
        units = [u for code, u in self.world.assignments if code == task and self.world.units[u].owner == province]
        if units:
            sent = {"not_applicable": ruled, "reason": "Sáp nhập"}
            self.decide("lan", task, units, sent, {"task": task, "province": province})

    @precondition(lambda self: len(self.world.tasks) < 8)
    @rule(
        category=st.sampled_from(["cong-bo", "ha-tang", "trung-uong", "de-danh"]), deadline=st.sampled_from(DEADLINES)
    )
    def a_task_is_added(self, category: str, deadline: datetime | None) -> None:
        self.service.wait(BLINK)
        level = "agency" if category == "trung-uong" else "province"
        code = f"moi-{len(self.world.tasks)}"
        created_at = make_task(self.service, code, category, level, deadline)
        self.world.add_task(Task(code, category, level, deadline), created_at)

    @precondition(lambda self: len(self.world.units) < 22)
    @rule(province=st.sampled_from([*PROVINCES, "92"]))
    def a_commune_is_founded(self, province: str) -> None:
        self.service.wait(BLINK)
        code = f"9{len(self.world.units):04}"
        make_unit(self.service, code, province)
        self.world.add_unit(Unit(code, "commune", province), self.service.now)

    def entitled(self, report: Report) -> list[str]:
        unit = self.world.units[report.unit]
        return [who for who, own in sorted(REPORTERS.items()) if own in (unit.code, unit.owner)]

    def decide(
        self, who: str, task: str, units: list[str], sent: dict[str, object], where: dict[str, str] | None = None
    ) -> None:
        """A ruling on one assignment, or on all that a filter meets; the moment is what the service tells of it."""
        self.service.wait(BLINK)
        path = f"/v1/assignments/{task}/{units[0]}" if len(units) == 1 else "/v1/assignments"
        params = {} if len(units) == 1 else (where or {"task": task})
        answer = self.service.ask(who, "PATCH", path, params=params, json=sent)
        assert answer.status_code == 200, answer.text
        for unit in units:
            self.take_ruling(task, unit, sent)

    def take_ruling(self, task: str, unit: str, sent: dict[str, object]) -> None:
        """Put a decision into the model; one that says what holds already decides nothing."""
        assignment, at = self.world.assignments[task, unit], self.service.now
        if "not_applicable" in sent:
            assignment.not_applicable.decisions.append((at, bool(sent["not_applicable"])))
        if "deadline" in sent:
            deadline = sent["deadline"]
            due = datetime.fromisoformat(deadline) if isinstance(deadline, str) else None
            assignment.deadline.decisions.append((at, due))


ANY_STATUS = (*some.STATUSES, *some.VERDICTS)
