"""Reports read quickly: whatever is read plainly is what careful reading makes of it, and nothing bad gets by."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.status import Status
from app.updates.reports import read_carefully, read_plainly, read_report

GOOD: dict[str, Any] = {
    "task": "hotlines",
    "unit": "38",
    "status": "completed",
    "effective_at": "2025-06-27T15:00:00+07:00",
    "note": "Đã công bố",
    "evidence": ["https://a.vn/1"],
    "document": {"number": "1234/UBND-CĐS", "date": "2025-06-27"},
}
ODD: dict[str, list[Any]] = {
    "task": ["", "x" * 64, "x" * 65, "đ" * 64, 1],
    "unit": [None, "", "x" * 65, 38],
    "status": ["verified", "COMPLETED", "", None, 1, "Status.COMPLETED"],
    "effective_at": [
        None,
        "",
        "2025-06-27",
        "2025-06-27T15:00:00",
        "2025-06-27 15:00:00 07:00",
        "2025-06-27t08:00:00.123456789z",
        "2025-02-30T00:00:00Z",
        "2025-06-27T15:00:00+25:00",
        "0001-01-01T00:00:00+14:00",
        "2200-01-01T00:00:00Z",
        1_750_000_000,
    ],
    "note": [None, "", "x" * 4000, "x" * 4001, 1, ["x"]],
    "evidence": [
        None,
        [],
        ["ftp://a"],
        ["https://a b"],
        ["http://[::1"],
        ["https://a/" + "x" * 2000],
        ["https://a"] * 21,
        [1],
        "https://a",
    ],
    "document": [
        None,
        {},
        {"number": ""},
        {"number": "1"},
        {"number": "x" * 101},
        {"number": "1", "date": None},
        {"number": "1", "date": "2025-6-1"},
        {"number": "1", "date": "2025-02-29"},
        {"number": "1", "date": "2025-06-27T00:00:00"},
        {"number": "1", "date": 0},
        {"number": 1},
        {"number": "1", "x": 1},
        "1",
    ],
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=8), inside, max_size=4),
    max_leaves=8,
)
FIELDS = {name: st.sampled_from([GOOD[name], *ODD[name]]) | JSON for name in GOOD}
REPORTS = st.fixed_dictionaries({}, optional=FIELDS | {"province": JSON})
NEARLY_GOOD = st.sampled_from(list(GOOD)).flatmap(lambda name: FIELDS[name].map(lambda value: {**GOOD, name: value}))


def test_a_good_report_is_read_plainly() -> None:
    report = read_plainly(GOOD)
    assert report is not None
    assert (report.status, report.effective_at) == (Status.COMPLETED, datetime(2025, 6, 27, 8, tzinfo=UTC))
    assert report == read_carefully(GOOD) == read_report(GOOD)


@given(NEARLY_GOOD | REPORTS | JSON)
def test_what_is_read_plainly_is_what_careful_reading_makes_of_it(raw: object) -> None:
    plainly, carefully = read_plainly(raw), read_carefully(raw)
    assert plainly is None or plainly == carefully
    assert read_report(raw) == carefully


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in ODD.items() for value in values])
def test_what_is_plainly_good_needs_no_careful_reading(name: str, value: object) -> None:
    raw = {**GOOD, name: value}
    asked_for_care = read_plainly(raw) is None
    assert bool(read_carefully(raw).complaints) <= asked_for_care
