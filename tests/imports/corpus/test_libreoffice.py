"""Files that LibreOffice opened and saved again, as .xlsx and as CSV: they say what they said before."""

import shutil
import subprocess
from pathlib import Path

import pytest

from app.imports.reading.rows import Source
from tests.imports.corpus import by_excel, by_libraries, by_people
from tests.imports.corpus.case import CASES, Kept, expected, read_here, seen_as

SOFFICE = shutil.which("soffice")
AS_CSV = "csv:Text - txt - csv (StarCalc):{delimiter},34,76,1,,0,false,true,false,false,false,-1"
"""UTF-8, cells as shown, every sheet into a file of its own."""
EXPECTED = {case.name: case.rows for case in CASES}
BOOKS = {
    make.__name__: make
    for make in (
        by_libraries.openpyxl_plain,
        by_libraries.xlsxwriter_template,
        by_libraries.pandas_workbook,
        by_excel.strict_ooxml,
        by_excel.rich_and_phonetic_strings,
        by_excel.merged_units,
        by_excel.a_header_over_two_rows,
        by_excel.hidden_and_filtered_rows,
        by_excel.dates_from_1904,
        by_people.a_report_with_everything_around_it,
        by_people.other_headers,
        by_people.invisible_characters,
    )
}
SAME_IN_CSV = ("openpyxl_plain", "strict_ooxml", "rich_and_phonetic_strings", "other_headers")

pytestmark = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")


def saved_again(body: bytes, kind: str, folder: Path) -> list[Path]:
    """What LibreOffice makes of a workbook."""
    before = folder / "before.xlsx"
    before.write_bytes(body)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [
        str(SOFFICE),
        profile,
        "--headless",
        "--convert-to",
        kind,
        "--outdir",
        str(folder / "after"),
        str(before),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return sorted((folder / "after").iterdir())


def compare(source: Source, body: bytes, table: str) -> None:
    read = read_here(source, body)
    assert isinstance(read, Kept), read
    assert read.summary is not None
    wanted = expected(table)
    found = [seen_as(row, read.summary, list(wanted[0])) for row in read.rows]
    assert [_plain(row) for row in found] == [_plain(row) for row in wanted]


def _plain(row: dict[str, str]) -> dict[str, str]:
    """Without the missing unit, which is said once the whole file was read."""
    return {name: cell.replace("!missing", "") for name, cell in row.items()}


def test_a_plain_workbook_survives_libreoffice(tmp_path: Path) -> None:
    (after,) = saved_again(by_libraries.openpyxl_plain(), "xlsx", tmp_path)
    compare("xlsx", after.read_bytes(), EXPECTED["openpyxl_plain"])


@pytest.mark.slow
@pytest.mark.parametrize("name", BOOKS)
def test_a_workbook_saved_by_libreoffice_says_the_same(tmp_path: Path, name: str) -> None:
    (after,) = saved_again(BOOKS[name](), "xlsx", tmp_path)
    compare("xlsx", after.read_bytes(), EXPECTED[name])


@pytest.mark.slow
@pytest.mark.parametrize("delimiter", [44, 59, 9])
@pytest.mark.parametrize("name", SAME_IN_CSV)
def test_a_csv_saved_by_libreoffice_says_the_same(tmp_path: Path, name: str, delimiter: int) -> None:
    (after,) = saved_again(BOOKS[name](), AS_CSV.format(delimiter=delimiter), tmp_path)
    compare("csv", after.read_bytes(), EXPECTED[name])
