"""Reports as PDF: where a converter is set up, in a child process that is ended when it takes too long."""

import asyncio
import shutil
import stat
from pathlib import Path

import pytest
from httpx import AsyncClient

from app.errors import Unavailable
from app.reports.files import pdf
from tests.conftest import Template, serving

REPORT = "/v1/reports/progress.pdf"
SOFFICE = shutil.which("soffice")


def a_converter(folder: Path, script: str) -> str:
    """A command that takes soffice's words: its last one is the document, `$7` the folder."""
    command = folder / "converter"
    command.write_text(f"#!/bin/sh\n{script}\n")
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    return str(command)


async def test_without_a_converter_there_is_no_pdf(huong: AsyncClient) -> None:
    answer = await huong.get(REPORT)
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems#no-converter")
    assert REPORT not in (await huong.get("/")).text


async def test_the_converters_file_is_handed_out(database_url: str, template: Template, tmp_path: Path) -> None:
    command = a_converter(tmp_path, 'printf "%%PDF-1.7 $TIENDO_X" > "$7/report.pdf"')
    async with serving(database_url, template.tokens, pdf_converter=command) as service:
        answer = await service.client("lan").get(REPORT, params={"as_of": "2025-06-27T17:00:00+07:00"})
        assert (answer.status_code, answer.content) == (200, b"%PDF-1.7 ")
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"] == 'attachment; filename="tien-do_2025-06-27_1700_vi.pdf"'
        assert f'href="{REPORT}' in (await service.client("lan").get("/")).text


async def test_a_converter_that_fails_or_never_ends_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "SECONDS", 0.2)
    for script in ("exit 1", "exit 0", "sleep 600"):
        with pytest.raises(Unavailable):
            await pdf.PdfConverter(a_converter(tmp_path, script)).convert(b"x")
    with pytest.raises(Unavailable):
        await pdf.PdfConverter(str(tmp_path / "nothing")).convert(b"x")


async def test_too_many_at_once_are_sent_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_WAITING", 1)
    converter = pdf.PdfConverter(a_converter(tmp_path, 'sleep 0.3; : > "$7/report.pdf"'))
    first, second = await asyncio.gather(converter.convert(b"x"), converter.convert(b"x"), return_exceptions=True)
    assert first == b""
    assert isinstance(second, Unavailable)


@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
async def test_libreoffice_makes_a_pdf(database_url: str, template: Template) -> None:
    async with serving(database_url, template.tokens, pdf_converter=str(SOFFICE)) as service:
        answer = await service.client("lan").get(REPORT, timeout=90)
        assert answer.content.startswith(b"%PDF-1.")
