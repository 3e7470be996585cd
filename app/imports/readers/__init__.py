"""Bytes to rows: which reader a content type means, run beside the event loop when the file is large."""

import asyncio
from collections.abc import Callable

from app.errors import UnsupportedMedia
from app.imports.readers.delimited import read_delimited
from app.imports.readers.ndjson import read_ndjson
from app.imports.readers.table import Table
from app.imports.readers.workbook import read_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
READERS: dict[str, Callable[[bytes], Table]] = {
    "text/csv": read_delimited,
    "application/x-ndjson": read_ndjson,
    XLSX: read_workbook,
}


def reader_of(content_type: str) -> Callable[[bytes], Table]:
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in READERS:
        raise UnsupportedMedia(f"send one of {', '.join(READERS)}")
    return READERS[kind]


async def read_file(content_type: str, body: bytes) -> Table:
    return await asyncio.to_thread(reader_of(content_type), body)
