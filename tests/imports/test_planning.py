"""Rows understood quickly: a word that was understood before means the same as when it was read for the first time."""

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.auth.identity import Identity, Role
from app.catalogue.catalogue import Catalogue, Task, Unit
from app.imports.plan import plan
from app.imports.readers.table import Row
from app.imports.readers.workbook import CellError

AT = datetime(2025, 6, 27, 10, tzinfo=UTC)
HUONG = Identity("huong", "huong", Role.REPORTER, "38", "38")


def unit(code: str, level: str, owner: str, name: str) -> Unit:
    province = owner if level == "commune" else None
    return Unit(code, level, level, owner, province, {"vi": name, "en": name, "ja": name}, None, None, 1)


def task(code: str, level: str, name: str) -> Task:
    return Task(code, "c", level, 1, {"vi": name, "en": name, "ja": name}, None, None, AT, 1)


UNITS = (
    unit("38", "province", "38", "Thanh Hóa"),
    unit("40", "province", "40", "Nghệ An"),
    unit("14758", "commune", "38", "Hạc Thành"),
    unit("1", "agency", "1", "Một"),
)
TASKS = (task("hotlines", "province", "Đường dây nóng"), task("network", "commune", "Mạng"), task("1", "agency", "Một"))
CATALOGUE = Catalogue({}, {one.code: one for one in UNITS}, {}, {one.code: one for one in TASKS})

GOOD = {"unit": "Thanh Hóa", "task": "hotlines", "status": "Hoàn thành", "effective_at": "27/06/2025 15:00"}
ODD: list[Any] = [None, "", "  ", "\0", "_x0000_", 0, 1, 1.0, True, False, 38, [], ["https://a.vn"], [["x"]], {}, AT]
ODD += [CellError("#REF!"), "\ud800", "x" * 4001]
WRITTEN: dict[str, list[Any]] = {
    "task": ["hotlines", " hotlines ", "Đường dây nóng", "network", "1", "nope"],
    "task_code": ["hotlines", "network", "1"],
    "unit": ["38", "Thanh Hóa", "tinh thanh hoa", "40", "14758", "1", "Hạc Thành", "nowhere"],
    "unit_code": ["38", "40", "14758", "1"],
    "status": ["completed", "Hoàn thành", " hoan thanh", "verified", "xong"],
    "effective_at": [
        "27/06/2025 15:00",
        "2025-06-27T15:00:00+07:00",
        "2025-06-27T15:00:00.5-03:00",
        " 2025-06-27T15:00:00+07:00",
        "2025-06-27T15:00:00 07:00",
        "2025-06-27T15:00:00",
        "2025-06-27T15:00+07:00",
        "2025-13-27T15:00:00+07:00",
        "1025-06-27T15:00:00+07:00",
        "31/02/2025",
        45835,
    ],
    "note": ["Đã công bố", " đã\u0300 ", "x" * 4000],
    "evidence": ["https://a.vn/1 https://a.vn/2", "ftp://a", ["https://a.vn"], ["x"] * 21, "https://a.vn " * 21],
    "document_number": ["1234/UBND", "x" * 100, "x" * 101],
    "document_date": ["27/06/2025", date(2025, 6, 27), "31/02/2025"],
}
CELLS = {name: st.sampled_from([*words, *ODD]) for name, words in WRITTEN.items()}
SAID = st.fixed_dictionaries({}, optional=CELLS)
NEARLY_GOOD = st.fixed_dictionaries({}, optional=CELLS).map(lambda said: GOOD | dict(list(said.items())[:2]))


def test_a_row_is_understood_again_as_it_was_before() -> None:
    first, second = plan([Row(2, dict(GOOD), ()), Row(3, dict(GOOD), ())], HUONG, CATALOGUE)
    assert first.report == second.report
    assert (first.report.task, first.report.unit, first.report.complaints) == ("hotlines", "38", ())


@given(st.lists(SAID | NEARLY_GOOD, min_size=1, max_size=6))
def test_a_row_means_the_same_whatever_was_read_before_it(rows: list[dict[str, Any]]) -> None:
    alone = [plan([Row(1, said, ())], HUONG, CATALOGUE)[0] for said in rows]
    words = [{"task": "hotlines", "unit": "38", "status": status} for status in ("completed", "Hoàn thành")]
    before = [Row(1, said, ()) for said in (GOOD, *words, *rows)]
    again = plan([*before, *(Row(1, said, ()) for said in rows)], HUONG, CATALOGUE)[len(before) :]
    assert again == alone
