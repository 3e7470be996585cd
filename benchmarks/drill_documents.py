"""The figures that each form of a bulletin shows: JSON, page, DOCX, XLSX, CSV and Markdown."""

import csv
import io
import re
from typing import Any

import docx
import openpyxl

Figures = list[tuple[int, int]]
"""Of each line: completed and total, of provinces."""
FORMS = ("docx", "xlsx", "csv", "md")


def of_json(bulletin: dict[str, Any]) -> Figures:
    lines = bulletin["progress"]["categories"]
    return [(line["provinces_completed"], line["provinces_total"]) for line in lines]


def of_page(page: str) -> Figures:
    found = re.findall(r'data-figure="line-[^"]+">(\d+)</b><span>/(\d+)</span>', page)
    return [(int(done), int(total)) for done, total in found]


def lights_of_page(page: str) -> dict[str, int]:
    return {light: int(count) for light, count in re.findall(r'data-figure="light-(\w+)">(\d+)</b>', page)}


def of_document(form: str, body: bytes) -> Figures:
    return {"docx": _of_docx, "xlsx": _of_xlsx, "csv": _of_csv, "md": _of_md}[form](body)


def _of_csv(body: bytes) -> Figures:
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))[1:-1]
    return [(int(row[3]), int(row[4])) for row in rows]


def _of_xlsx(body: bytes) -> Figures:
    sheet = openpyxl.load_workbook(io.BytesIO(body)).worksheets[0]
    rows = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
    return [(int(str(row[2])), int(str(row[3]))) for row in rows]


def _of_docx(body: bytes) -> Figures:
    rows = [[cell.text for cell in row.cells] for table in docx.Document(io.BytesIO(body)).tables for row in table.rows]
    return _shares(rows)


def _of_md(body: bytes) -> Figures:
    rows = [line.strip("| ").split(" | ") for line in body.decode().splitlines() if line.startswith("| ")]
    return _shares(rows)


def _shares(rows: list[list[str]]) -> Figures:
    """Rows of the table of figures: the position, the name, `26/34`, and what changed where a bulletin was before."""
    found = [re.fullmatch(r"(\d+)/(\d+)", row[2]) for row in rows if len(row) >= 8 and row[0].isdigit()]
    return [(int(match[1]), int(match[2])) for match in found if match]
