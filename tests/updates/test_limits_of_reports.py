"""The limits of a report stand in one place, and every way of reading follows them."""

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from app.updates import reports

TASK = {"task": "t", "status": "completed"}


def with_limit(name: str, limit: int) -> ModuleType:
    """The module as it would be with another limit in that one line."""
    source = Path(reports.__file__).read_text()
    before = f"\n{name} = {getattr(reports, name)}\n"
    assert source.count(before) == 1
    changed = ModuleType(reports.__name__)
    exec(compile(source.replace(before, f"\n{name} = {limit}\n"), reports.__file__, "exec"), vars(changed))
    return changed


@pytest.mark.parametrize(
    ("name", "limit", "just", "past"),
    [
        ("MAX_CODE", 3, {"unit": "123"}, {"unit": "1234"}),
        ("MAX_CODE", 3, {"task": "123"}, {"task": "1234"}),
        ("MAX_NOTE", 3, {"note": "abc"}, {"note": "abcd"}),
        ("MAX_LINK", 12, {"evidence": ["https://a.vn"]}, {"evidence": ["https://ab.vn"]}),
        ("MAX_LINKS", 1, {"evidence": ["https://a.vn"]}, {"evidence": ["https://a.vn"] * 2}),
        ("MAX_DOCUMENT_NUMBER", 3, {"document": {"number": "1/U"}}, {"document": {"number": "1/UB"}}),
    ],
)
def test_a_limit_changed_in_its_one_line_holds_for_every_reader(
    name: str, limit: int, just: dict[str, Any], past: dict[str, Any]
) -> None:
    read, was = with_limit(name, limit), reports
    assert read.read_plainly(TASK | just)
    assert read.read_plainly(TASK | past) is None
    assert not read.read_carefully(TASK | just).complaints
    assert read.read_carefully(TASK | past).complaints
    # the third reader gets fields that were read one by one, so it is given what the present limits let through
    assert read.within_bounds(was.read_report(TASK | just))
    assert not read.within_bounds(was.read_report(TASK | past))
