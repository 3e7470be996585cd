"""The codes of what is wrong with a file are in the list of errors."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_every_code_of_a_file_is_documented() -> None:
    made = re.compile(r"(?:refused|Unreadable|Doubt|_bad)\(\s*(?:line, written, )?\"([a-z]+(?:-[a-z]+)+)\"")
    codes = {code for file in (ROOT / "app/imports").rglob("*.py") for code in made.findall(file.read_text())}
    errors = (ROOT / "docs/errors.md").read_text()
    assert len(codes) > 15
    assert {code for code in codes if f"`{code}`" not in errors} == set()
