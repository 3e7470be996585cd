"""The command for provincial servers as files to fetch, each with its SHA-256, open to everyone."""

import hashlib
import io
import zipfile
from functools import cache
from importlib import resources

from fastapi import APIRouter, Response

from app.errors import NotFound
from app.messages import say

router = APIRouter(prefix="/tools", tags=["tools"])

PYZ, PS1 = "tiendo-push.pyz", "tiendo-push.ps1"
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)


@cache
def files() -> dict[str, bytes]:
    """What is handed out, by name."""
    made = {PYZ: zipped(_sources()), PS1: _script()}
    return made | {f"{name}.sha256": checksum(name, content) for name, content in made.items()}


def _sources() -> dict[str, bytes]:
    package = resources.files("tiendo_push")
    return {file.name: file.read_bytes() for file in package.iterdir() if file.name.endswith(".py")}


def _script() -> bytes:
    """As Windows writes text; the mark at its beginning tells PowerShell 5.1 that it is UTF-8."""
    return (resources.files("tiendo_push") / PS1).read_bytes().replace(b"\n", b"\r\n")


def zipped(sources: dict[str, bytes]) -> bytes:
    """The package as one file that Python runs. Stored as it is, dated alike: the same sources are the same bytes."""
    out = io.BytesIO(b"#!/usr/bin/env python3\n")
    out.seek(0, io.SEEK_END)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr(_entry("__main__.py"), sources["__main__.py"])
        for name, content in sorted(sources.items()):
            archive.writestr(_entry(f"tiendo_push/{name}"), content)
    return out.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _FIRST_DAY)
    entry.create_system = 3  # whichever system it was made on
    entry.external_attr = 0o644 << 16
    return entry


def checksum(name: str, content: bytes) -> bytes:
    """As `sha256sum --check` reads it."""
    return f"{hashlib.sha256(content).hexdigest()}  {name}\n".encode()


_FILE = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}, "text/plain": {}}


@router.get("/{name}", response_class=Response, responses={200: {"description": "The file.", "content": _FILE}})
async def tool(name: str) -> Response:
    """`tiendo-push.pyz` (Python 3.8 or newer) and `tiendo-push.ps1` (Windows PowerShell 5.1), each also `.sha256`."""
    content = files().get(name)
    if content is None:
        raise NotFound(say("no-such.tool", seen=name))
    if name.endswith(".sha256"):
        return Response(content, media_type="text/plain; charset=utf-8")
    named = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-cache"}
    return Response(content, media_type="application/octet-stream", headers=named)
