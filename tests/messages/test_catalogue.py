"""Texts by code: none without its three languages, none whose parameters differ, and none that is not documented."""

import re
from pathlib import Path

import pytest

from app.language import LANGUAGES
from app.messages import parameters_of, text
from app.messages.catalogue import CATALOGUE

ROOT = Path(__file__).parent.parent.parent
MADE = re.compile(
    r"(?:refused|Remark|Refusal|CellComplaint|Complaint|Doubt|FileWarning|_stands|_complain|complaint)\("
    r"[^()\"]*(?:\"/?[a-z_]*\",\s*|f\"[^\"]*\",\s*|\([^()]*\),\s*)?\"([a-z]+(?:-[a-z]+)+)\""
)
OTHER_ROOMS = {"unknown-category", "unknown-campaign"}
"""Said in imports, with the sentence of another room."""


def codes_in_use() -> set[str]:
    files = [*(ROOT / "app/imports").rglob("*.py")]
    files = [file for file in files if "readers" not in file.parts]
    return {code for file in files for code in MADE.findall(file.read_text(encoding="utf-8"))} - OTHER_ROOMS


def test_every_code_of_a_file_has_its_texts() -> None:
    codes = codes_in_use()
    assert len(codes) > 30
    assert codes - CATALOGUE.keys() == set()


def test_every_code_of_a_row_or_a_file_is_documented() -> None:
    errors = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
    assert {code for code in CATALOGUE if f"`{code}`" not in errors} == set()


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_a_text_is_there_in_three_languages_with_the_same_parameters(code: str) -> None:
    texts = CATALOGUE[code]
    assert set(texts) == set(LANGUAGES)
    assert all(sentence.strip() for sentence in texts.values())
    assert len({frozenset(parameters_of(sentence)) for sentence in texts.values()}) == 1
    assert not texts["vi"].isascii()
    assert re.search("[\u3040-\u30ff\u4e00-\u9fff]", texts["ja"])


def test_a_text_is_filled_in_and_does_not_fail_for_what_is_not_known() -> None:
    assert text("too-many-cells", "en") == CATALOGUE["too-many-cells"]["en"]
    assert text("unknown-value", "vi", seen="Xong", possible="Hoàn thành") == (
        "“Xong” không phải là trạng thái; dùng: Hoàn thành"
    )
    assert "…" in text("unknown-value", "en", possible="Completed")
    assert text("no-such-code", "vi") == "no-such-code"
