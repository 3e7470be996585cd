"""Rows understood quickly: a word that was understood before means the same as when it was read for the first time."""

import gc
from dataclasses import replace
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.auth.identity import Identity, Role
from app.catalogue.catalogue import Catalogue, Task, Unit
from app.imports.judging.rows import digest_of_names
from app.imports.plan import Planned, plan
from app.imports.reading.rows import CellComplaint, ReadRow
from app.level import Level

AT = datetime(2025, 6, 27, 10, tzinfo=UTC)
HUONG = Identity("huong", "huong", Role.REPORTER, "38", "38")


def unit(code: str, level: Level, owner: str, name: str) -> Unit:
    province = owner if level == "commune" else None
    return Unit(code, level, level, owner, province, {"vi": name, "en": name, "ja": name}, None, None, 1)


def task(code: str, level: Level, name: str) -> Task:
    return Task(code, "c", level, 1, {"vi": name, "en": name, "ja": name}, None, None, AT, 1)


UNITS = (
    unit("38", "province", "38", "Thanh Hóa"),
    unit("40", "province", "40", "Nghệ An"),
    unit("14758", "commune", "38", "Hạc Thành"),
    unit("1", "agency", "1", "Một"),
)
TASKS = (task("hotlines", "province", "Đường dây nóng"), task("network", "commune", "Mạng"), task("1", "agency", "Một"))
FORMER = (("40", {"vi": "Xứ Nghệ"}),)
CATALOGUE = Catalogue({}, {one.code: one for one in UNITS}, {}, {one.code: one for one in TASKS}, FORMER)

GOOD: dict[str, Any] = {"unit": "Thanh Hóa", "task": "hotlines", "status": "completed", "effective_at": AT}
WRITTEN: dict[str, list[Any]] = {
    "task": [None, "hotlines", "Đường dây nóng", "network", "1", "nope"],
    "task_code": [None, "hotlines", "network", "1"],
    "unit": [None, "38", "Thanh Hóa", "tinh thanh hoa", "40", "14758", "1", "Hạc Thành", "nowhere"],
    "unit_code": [None, "38", "40", "14758", "1"],
    "status": [None, "completed", "verified"],
    "effective_at": [None, AT],
    "note": [None, "Đã công bố", "x" * 4000, "x" * 4001],
    "evidence": [(), ("https://a.vn/1", "https://a.vn/2"), ("ftp://a",), tuple(["https://a.vn"] * 21)],
    "document_number": [None, "1234/UBND", "x" * 101],
    "document_date": [None, date(2025, 6, 27)],
    "complaints": [(), (CellComplaint("note", "cell-error", {"seen": "#REF!"}),)],
}
CELLS = {name: st.sampled_from(words) for name, words in WRITTEN.items()}
SAID = st.fixed_dictionaries({}, optional=CELLS)
NEARLY_GOOD = st.fixed_dictionaries({}, optional=CELLS).map(lambda said: GOOD | dict(list(said.items())[:2]))


def row(line: int, said: dict[str, Any]) -> ReadRow:
    return ReadRow(0, line, **said)


def planned(*rows: ReadRow) -> list[Planned]:
    return plan(rows, [None], HUONG, CATALOGUE)


def codes(**said: Any) -> list[tuple[str, str]]:
    [one] = planned(row(2, GOOD | said))
    assert [(c.pointer, c.code) for c in one.report.complaints] == [(r.pointer, r.code) for r in one.remarks]
    return [(remark.pointer, remark.code) for remark in one.remarks]


def test_a_row_is_understood_again_as_it_was_before() -> None:
    first, second = planned(row(2, GOOD), row(3, GOOD))
    assert first.report == second.report
    assert (first.report.task, first.report.unit, first.report.complaints) == ("hotlines", "38", ())


@settings(deadline=None)
@given(st.lists(SAID | NEARLY_GOOD, min_size=1, max_size=6))
def test_a_row_means_the_same_whatever_was_read_before_it(rows: list[dict[str, Any]]) -> None:
    alone = [planned(row(1, said))[0] for said in rows]
    words = [{"task": "hotlines", "unit": "38", "status": "completed"}]
    before = [row(1, said) for said in (GOOD, *words, *rows)]
    again = planned(*before, *(row(1, said) for said in rows))[len(before) :]
    assert again == alone


def test_names_that_are_not_understood_keep_nothing_of_the_rows_they_stood_in() -> None:
    """Remembered as exceptions they held the frames of every row: 33 files of 70 KB took 280 MiB of a worker."""
    gc.collect()
    gc.disable()  # noqa: TID251 - what it would do is counted here
    try:
        planned(*(row(line, GOOD | {"unit": "nowhere"}) for line in range(500)))
        kept = [one for one in gc.get_objects() if isinstance(one, TracebackType)]
    finally:
        gc.enable()
    assert len(kept) < 100


def test_a_good_document_date_is_no_fault_of_a_row_with_a_bad_status() -> None:
    bad = {"status": None, "complaints": (CellComplaint("status", "unknown-value", {"seen": "Xong"}),)}
    assert codes(document_number="12/UBND", document_date=date(2025, 6, 26), **bad) == [("/status", "unknown-value")]
    assert codes(document_number="12/UBND", document_date=date(2025, 6, 26), status=None) == [("/status", "missing")]


def test_a_name_of_before_is_an_offer_and_never_an_answer() -> None:
    [one] = planned(row(2, GOOD | {"unit": "Xứ Nghệ"}))
    [remark] = one.remarks
    assert (remark.code, remark.parameters["candidates"]) == ("former-unit", ["40"])
    assert one.report.task is None


def test_a_code_that_is_not_understood_is_refused_and_a_name_beside_a_good_code_does_not_matter() -> None:
    assert codes(unit_code="999") == [("/unit", "unknown-unit")]
    assert codes(unit_code="38", unit="nowhere") == []
    assert codes(unit_code="40") == [("/unit", "contradictory-unit")]


def test_a_name_typed_over_the_one_of_a_template_row_contradicts_its_hidden_code() -> None:
    mark = f"{'a' * 32}:-"
    assert codes(unit_code="38", unit="nowhere", base=mark) == [("/unit", "contradictory-unit")]
    assert codes(task_code="hotlines", task="Đường truyền", base=mark) == [("/task", "contradictory-task")]
    assert codes(unit_code="38", unit="tỉnh thanh hoa", base=mark) == []


def test_what_a_row_was_filled_from_is_read_or_a_mismatch() -> None:
    mark = f"{'a' * 32}:-"
    [one] = planned(row(2, GOOD | {"base": mark}))
    assert one.base is not None
    assert (one.base.template, one.base.update) == ("a" * 32, None)
    assert codes(base="x") == [("/base", "base-mismatch")]
    assert codes(base=mark, status=None) == [("/status", "status-cleared")]


def test_a_name_that_several_units_bear_does_not_contradict_the_code_of_one_of_them() -> None:
    """The ministry's template of a country in which many communes share their names."""
    other = unit("17000", "commune", "40", "Hạc Thành")
    catalogue = replace(CATALOGUE, units={**CATALOGUE.units, other.code: other})
    lan = Identity("lan", "lan", Role.MINISTRY, None, None)
    said = {"task": "network", "unit": "Hạc Thành", "status": "verified", "base": f"{'0' * 32}:-"}
    rows = [row(1, {**said, "unit_code": code}) for code in ("14758", "17000", "38")]
    one, two, wrong = plan(rows, [None], lan, catalogue)
    assert [(one.report.unit, one.remarks), (two.report.unit, two.remarks)] == [("14758", ()), ("17000", ())]
    assert [remark.code for remark in wrong.remarks] == ["contradictory-unit"]


def test_a_template_row_that_lost_the_zeros_of_its_code_is_settled_by_its_name_and_one_renamed_by_its_code() -> None:
    ward, province = unit("00091", "commune", "01", "Phú Thượng"), unit("91", "province", "91", "An Giang")
    catalogue = replace(CATALOGUE, units={**CATALOGUE.units, ward.code: ward, province.code: province})
    lan = Identity("lan", "lan", Role.MINISTRY, None, None)
    mark = f"{'0' * 32}:-:{digest_of_names('Mạng', 'Phú Thượng')}"
    said = {"task": "Mạng", "task_code": "network", "unit": "Phú Thượng", "status": "verified", "base": mark}
    rows = [row(1, {**said, "unit_code": code}) for code in ("91", "00091", "14758")]
    lost, whole, renamed = plan(rows, [None], lan, catalogue)
    assert [(one.report.unit, one.remarks) for one in (lost, whole)] == [("00091", ())] * 2
    assert (renamed.report.unit, renamed.remarks) == ("14758", ()), "its unit bore the name when it was filled"
    other = row(1, {**said, "unit": "Hạc Thành", "unit_code": "00091"})
    assert [remark.code for remark in plan([other], [None], lan, catalogue)[0].remarks] == ["contradictory-unit"]
