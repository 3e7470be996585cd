"""The codes of what is wrong with a file are in the list of errors."""

import re
from pathlib import Path

import pytest

from app.messages.import_files import FILES
from app.messages.import_rows import ROWS

ROOT = Path(__file__).parent.parent.parent


def test_every_code_of_a_file_is_documented() -> None:
    made = re.compile(r"(?:refused|Unreadable|Doubt.about|_bad)\(\s*(?:line, written, )?\"([a-z]+(?:-[a-z]+)+)\"")
    codes = {code for file in (ROOT / "app/imports").rglob("*.py") for code in made.findall(file.read_text())}
    errors = (ROOT / "docs/errors.md").read_text()
    assert len(codes) > 15
    assert {code for code in codes if f"`{code}`" not in errors} == set()


@pytest.mark.parametrize("guide", ["reporting.vi.md", "reporting.en.md"])
def test_the_guide_explains_every_code_that_a_file_can_meet(guide: str) -> None:
    text = (ROOT / "docs" / guide).read_text("utf-8")
    explained = re.findall(r"^\| (`.*?`) \|", text, re.MULTILINE)
    codes = {code for cell in explained for code in re.findall(r"`([^`]+)`", cell)}
    assert {key.partition(".")[0] for key in (*ROWS, *FILES)} - codes == set()
