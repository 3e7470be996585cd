"""Texts by code: none without its three languages, none whose parameters differ, and none that is not documented."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import errors
from app.language import LANGUAGES, Language
from app.messages import COMPLAINTS, parameters_of, text
from app.messages.refusals import REFUSALS
from app.messages.requests import REQUESTS
from app.messages.texts import TEXTS
from app.messages.values import VALUES

ROOT = Path(__file__).parent.parent.parent
MADE = re.compile(
    r"(?:refused|Remark|Refusal|CellComplaint|Complaint|Doubt.about|FileWarning|_stands|_complain|complaint)\("
    r"[^()\"]*(?:\"/?[a-z_]*\",\s*|f\"[^\"]*\",\s*|\([^()]*\),\s*)?\"([a-z]+(?:-[a-z]+)+)\""
)


def codes_in_use() -> set[str]:
    files = [*(ROOT / "app/imports").rglob("*.py")]
    files = [file for file in files if "readers" not in file.parts]
    return {code for file in files for code in MADE.findall(file.read_text(encoding="utf-8"))}


def test_every_code_of_a_file_has_its_texts() -> None:
    codes = codes_in_use()
    assert len(codes) > 30
    assert codes - TEXTS.keys() == set()


def test_every_code_of_a_row_or_a_file_is_documented() -> None:
    errors = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
    assert {code for code in COMPLAINTS if f"`{code.partition('.')[0]}`" not in errors} == set()


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_a_text_is_there_in_three_languages_with_the_same_parameters(code: str) -> None:
    texts = TEXTS[code]
    assert set(texts) == set(LANGUAGES)
    assert all(sentence.strip() for sentence in texts.values())
    assert len({frozenset(parameters_of(sentence)) for sentence in texts.values()}) == 1
    assert not texts["vi"].isascii()
    assert re.search("[\u3040-\u30ff\u4e00-\u9fff]", texts["ja"])


@pytest.mark.parametrize("kind", errors.all_problems(), ids=lambda kind: kind.code)
def test_every_problem_has_a_title_and_says_what_can_be_done(kind: type[errors.Problem]) -> None:
    assert {f"title.{kind.code}", f"help.{kind.code}"} <= TEXTS.keys()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_repeats_the_title_of_a_problem(lang: Language) -> None:
    titles = tuple(text(f"title.{kind.code}", lang).lower() for kind in errors.all_problems())
    said = {code: texts[lang].lower() for code, texts in TEXTS.items() if not code.startswith("title.")}
    assert [code for code, sentence in said.items() if sentence.startswith(titles)] == []


def sentences() -> Iterator[tuple[str, set[str]]]:
    """Each `say("key", parameter=…)` of the code: its key, and the parameters that it gives."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "app").rglob("*.py")]
    for source in sources:
        if "from app.messages import" not in source:
            continue  # the page and the documents have a `say` of their own
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say" and node.args:
                key, given = node.args[0], {one.arg for one in node.keywords}
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    known = parameters_of(TEXTS[key.value]["en"]) if key.value in TEXTS else set()
                    yield key.value, known if None in given else {name for name in given if name}


def test_every_sentence_that_is_said_is_there_and_gets_its_parameters() -> None:
    said = list(sentences())
    assert len(said) > 50
    assert [key for key, _ in said if key not in TEXTS] == []
    assert [(key, given) for key, given in said if parameters_of(TEXTS[key]["en"]) != given] == []


def test_no_sentence_is_left_that_nobody_says() -> None:
    code = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "app").rglob("*.py") if path.parent.name != "messages"
    )
    made = ("title.", "help.", "level.", "type.", "problems.", "no-such.", "unknown-unit.")
    variants = [key for key in [*REQUESTS, *VALUES, *REFUSALS] if "." in key and not key.startswith(made)]
    assert [key for key in variants if f'"{key}"' not in code and not key.endswith(".json")] == []


def test_a_text_is_filled_in_and_does_not_fail_for_what_is_not_known() -> None:
    assert text("too-many-cells", "en") == TEXTS["too-many-cells"]["en"]
    assert text("unknown-value", "vi", seen="Xong", possible="Hoàn thành") == (
        "“Xong” không phải là trạng thái; dùng: Hoàn thành"
    )
    assert "…" in text("unknown-value", "en", possible="Completed")
    assert text("no-such-code", "vi") == "no-such-code"
