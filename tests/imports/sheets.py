"""Spreadsheets for tests: made cell by cell, or spoiled in one particular way."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl
from httpx import AsyncClient

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADER = ("Đơn vị", "Nhiệm vụ", "Trạng thái", "Thời điểm", "Ghi chú")
GOOD = ("38", "hotlines", "Hoàn thành", "27/06/2025 15:00", "Đã công bố")


def workbook(*rows: Sequence[Any]) -> bytes:
    book: Any = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return saved(book)


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_parts(body: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The same archive with parts added or replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            if name not in parts:
                after.writestr(name, before.read(name))
        for name, part in parts.items():
            after.writestr(name, part)
    return out.getvalue()


def read(body: bytes) -> list[tuple[Any, ...]]:
    book: Any = openpyxl.load_workbook(io.BytesIO(body))
    return list(book.active.iter_rows(values_only=True))


async def send(client: AsyncClient, body: bytes | str, kind: str = "text/csv", query: str = "") -> Any:
    """The preview of a file that is taken."""
    answer = await post(client, body, kind, query)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def post(client: AsyncClient, body: bytes | str, kind: str = "text/csv", query: str = "") -> Any:
    content = body.encode() if isinstance(body, str) else body
    return await client.post(f"/v1/imports{query}", content=content, headers={"Content-Type": kind})


def csv(*rows: Sequence[Any], header: Sequence[str] = HEADER) -> str:
    return "\n".join(",".join(str(cell) for cell in row) for row in (header, *rows))


def outcomes(rows: Any) -> list[str]:
    return [row["outcome"] for row in rows["items"]]
