"""The formats: media type, writer and file name of each."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Literal, NamedTuple

from app.clock import in_vietnam
from app.language import Language
from app.reports.files import as_csv, as_markdown
from app.reports.report import ProgressReport

Format = Literal["docx", "xlsx", "csv", "md"]
"""What is written here; `pdf` is made of `docx` by a converter."""
_OFFICE = "application/vnd.openxmlformats-officedocument"


class Form(NamedTuple):
    """`packed`: the file is an archive, which no encoding makes smaller."""

    media_type: str
    write: Callable[[ProgressReport], bytes]
    packed: bool = False


def _write_docx(report: ProgressReport) -> bytes:
    from app.reports.files import as_docx  # noqa: PLC0415 - python-docx takes long to import, and few workers need it

    return as_docx.write(report)


def _write_xlsx(report: ProgressReport) -> bytes:
    from app.reports.files import as_xlsx  # noqa: PLC0415 - so does xlsxwriter

    return as_xlsx.write(report)


FORMATS: dict[Format, Form] = {
    "docx": Form(f"{_OFFICE}.wordprocessingml.document", _write_docx, packed=True),
    "xlsx": Form(f"{_OFFICE}.spreadsheetml.sheet", _write_xlsx, packed=True),
    "csv": Form("text/csv; charset=utf-8", as_csv.write),
    "md": Form("text/markdown; charset=utf-8", as_markdown.write),
}

# Writing a document is CPU-bound Python: more threads would only slow down the event loop.
_writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reports")


PDF = Form("application/pdf", _write_docx, packed=True)
Write = Callable[[ProgressReport], bytes]


async def write_in_thread(write: Write, report: ProgressReport) -> bytes:
    """The document, written in a worker thread."""
    return await asyncio.get_running_loop().run_in_executor(_writer, write, report)


def file_name(form: str, lang: Language, at: datetime, bulletin: int | None) -> str:
    """`tien-do_2025-06-27_1700_vi.docx`, or `tien-do_bulletin-1_vi.docx`: made of fixed words and digits only."""
    what = f"bulletin-{bulletin}" if bulletin is not None else f"{in_vietnam(at):%Y-%m-%d_%H%M}"
    return f"tien-do_{what}_{lang}.{form}"
