"""Every file of the corpus comes out as what its writer meant, here and in a child process."""

from typing import Any

import pytest

import tests.imports.corpus.by_excel
import tests.imports.corpus.by_libraries
import tests.imports.corpus.by_offices
import tests.imports.corpus.by_others
import tests.imports.corpus.by_people
import tests.imports.corpus.csv_files  # noqa: F401 - each puts its files into CASES
from app.imports.read_file import ReadFile, SentCells, with_missing_units
from app.imports.reader import ChildReaders, FileRefused
from app.imports.reading.rows import FileRefusal, Summary
from tests.imports.corpus.case import CASES, Case, Kept, expected, read_here, seen_as

CHILD_CASES = CASES[::3]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_file_says_what_its_writer_meant(case: Case) -> None:
    read = read_here(case.source, case.make(), case.wanted)
    if case.refused:
        assert isinstance(read, FileRefusal), read
        assert _matches(read, case)
        return
    assert isinstance(read, Kept), read
    assert read.summary is not None
    with_missing_units(read.rows, read.summary.sheets)
    _compare(case, read.rows, read.summary)
    warnings: dict[str, Any] = {w.code: w.params for w in ReadFile(read.summary, read.rows, SentCells()).warnings}
    assert warnings.keys() == case.warnings.keys(), warnings
    for code, params in case.warnings.items():
        assert {name: warnings[code][name] for name in params} == params


@pytest.mark.parametrize("case", CHILD_CASES, ids=[case.name for case in CHILD_CASES])
async def test_a_child_process_reads_the_same(case: Case) -> None:
    if case.refused:
        with pytest.raises(FileRefused) as refusal:
            await ChildReaders().read(case.source, case.make(), case.wanted)
        assert _matches(refusal.value.refusal, case)
        return
    read = await ChildReaders().read(case.source, case.make(), case.wanted)
    _compare(case, read.rows, read.summary)


def _matches(refusal: FileRefusal, case: Case) -> bool:
    assert case.refused is not None
    code, params = case.refused
    assert (refusal.code, {name: refusal.params.get(name) for name in params}) == (code, params), refusal
    return True


def _compare(case: Case, rows: Any, summary: Summary) -> None:
    wanted = expected(case.rows)
    assert [seen_as(row, summary, list(wanted[0])) for row in rows] == wanted
