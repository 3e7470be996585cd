"""The limits of a report stand in one place, and every way of reading follows them."""

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from app.imports.reading import limits
from app.imports.reading.values import fields, links
from app.updates import report_limits, reports

TASK = {"task": "t", "status": "completed"}


def with_limit(module: ModuleType, name: str, limit: int) -> ModuleType:
    """The module as it would be if that one line said another limit."""
    changed = ModuleType(module.__name__)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(report_limits, name, limit)
        exec(compile(Path(str(module.__file__)).read_text(), str(module.__file__), "exec"), vars(changed))
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
    read, was = with_limit(reports, name, limit), reports
    assert read.read_plainly(TASK | just)
    assert read.read_plainly(TASK | past) is None
    assert not read.read_carefully(TASK | just).complaints
    assert read.read_carefully(TASK | past).complaints
    # the third reader gets fields that were read one by one, so it is given what the present limits let through
    assert read.within_bounds(was.read_report(TASK | just))
    assert not read.within_bounds(was.read_report(TASK | past))


@pytest.mark.parametrize(
    ("name", "limit", "reader", "just", "past"),
    [
        ("MAX_NOTE", 3, "note_of", "abc", "abcd"),
        ("MAX_LINK", 12, "links_in", "https://a.vn", "https://ab.vn"),
        ("MAX_LINKS", 1, "links_in", "https://a.vn", "https://a.vn https://b.vn"),
        ("MAX_DOCUMENT_NUMBER", 3, "number_in", "1/U", "1/UB"),
    ],
)
def test_the_same_line_holds_for_the_cells_of_a_file(
    name: str, limit: int, reader: str, just: str, past: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed, module = with_limit(limits, name, limit), links if reader == "links_in" else fields
    for own in ("LONGEST_NOTE", "LONGEST_NUMBER", "LONGEST_LINK", "MOST_LINKS"):
        if hasattr(module, own):
            monkeypatch.setattr(module, own, getattr(changed, own))
    read = getattr(module, reader)
    assert read(just)
    with pytest.raises(limits.Unreadable):
        read(past)
