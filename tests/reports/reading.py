"""Reading a document back: what someone sees who opens it."""

import csv
import io
from typing import Any

import docx
import openpyxl
from docx.document import Document


def document(body: bytes) -> Document:
    return docx.Document(io.BytesIO(body))


def workbook(body: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(body))


def table(body: bytes, delimiter: str = ",") -> list[list[str]]:
    """The rows of a CSV file below its header."""
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=delimiter))[1:]


def rows(sheet: Any) -> list[list[Any]]:
    """The rows of a sheet below its header, which is the row before the frozen line."""
    top = int("".join(sign for sign in sheet.freeze_panes if sign.isdigit()))
    return [list(row) for row in sheet.iter_rows(min_row=top, values_only=True)]


def text(found: Document) -> str:
    return "\n".join(paragraph.text for paragraph in found.paragraphs)
