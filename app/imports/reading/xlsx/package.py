"""An .xlsx file as a package of parts: only those asked for are unzipped, and never more of them than the limits."""

import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from xml.parsers import expat

from app.imports.reading.limits import refused

MOST_MEMBERS = 5_000
MOST_DIRECTORY = 2 * 1024 * 1024
MOST_UNZIPPED = 320 * 1024 * 1024
"""Of all parts that are read. What is not read counts by what it says of its size, towards the total alone."""
MOST_OF_ALL = 1024 * 1024 * 1024
MOST_RATIO = 150
MOST_OF_A_TOKEN = 4 * 1024 * 1024
_SMALL = 1024 * 1024
_PIECE = 256 * 1024
_DAMAGED = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, KeyError)

Start = Callable[[str, dict[str, str]], Any]


class Package:
    """The parts by their names, whatever their case."""

    def __init__(self, body: bytes) -> None:
        _refuse_other_kinds(body)
        _refuse_long_directory(body)
        try:
            self._archive = zipfile.ZipFile(BytesIO(body))
        except _DAMAGED:
            raise refused("malformed-xlsx") from None
        self._parts: dict[str, zipfile.ZipInfo] = {}
        self._left = MOST_UNZIPPED
        for part in self._archive.infolist():
            self._parts.setdefault(_key(part.filename), part)
        self._refuse_too_much()
        self._refuse_what_is_no_workbook()

    def has(self, name: str) -> bool:
        return _key(name) in self._parts

    def read(self, name: str, most: int) -> bytes:
        """A small part."""
        return b"".join(self.pieces(name, most))

    def pieces(self, name: str, most: int = MOST_UNZIPPED) -> Iterator[bytes]:
        """A part as it is unzipped.

        Raises:
            FileRefused: `malformed-xlsx` or `too-large`.

        """
        part = self._parts.get(_key(name))
        if part is None:
            raise refused("malformed-xlsx", part=name[:100])
        if part.file_size > most or (part.file_size > _SMALL and part.file_size > MOST_RATIO * part.compress_size):
            raise refused("too-large", part=name[:100])
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refused("malformed-xlsx", part=name[:100])
        try:
            with self._archive.open(part) as opened:
                while piece := opened.read(_PIECE):
                    self._left -= len(piece)
                    if self._left < 0:
                        raise refused("too-large", part=name[:100])
                    yield piece
        except _DAMAGED:
            raise refused("malformed-xlsx", part=name[:100]) from None

    def _refuse_too_much(self) -> None:
        parts = self._archive.infolist()
        if len(parts) > MOST_MEMBERS or sum(part.file_size for part in parts) > MOST_OF_ALL:
            raise refused("too-large")

    def _refuse_what_is_no_workbook(self) -> None:
        names = [_key(part.filename) for part in self._archive.infolist()]
        if self.has("mimetype") and b"opendocument" in self.read("mimetype", 1000):
            raise refused("wrong-magic", kind="ods")
        if not self.has("[content_types].xml"):
            inside = any(name.endswith((".xlsx", ".xls", ".csv", ".zip")) for name in names)
            raise refused("nested-archive" if inside else "not-a-workbook")
        if len(set(names)) < len(names):
            raise refused("malformed-xlsx", part=next(name for name in names if names.count(name) > 1)[:100])
        types = self.read("[content_types].xml", 2 * _SMALL).lower()
        if b"macroenabled" in types or b"vbaproject" in types or any("vbaproject" in name for name in names):
            raise refused("macro-file")


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def resolved(base: str, target: str) -> str:
    """The name of a part that another one refers to."""
    target = target.replace("\\", "/")
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), target))


def _refuse_other_kinds(body: bytes) -> None:
    if body.startswith(b"\xd0\xcf\x11\xe0"):
        is_encrypted = "EncryptedPackage".encode("utf-16-le") in body
        raise refused("wrong-magic", kind="password" if is_encrypted else "xls")
    if not body.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        head = body[:200].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
        raise refused("wrong-magic", kind="html" if head.startswith((b"<", b"mime-version")) else "unknown")


def _refuse_long_directory(body: bytes) -> None:
    """The directory of an archive is read whole, so its size is looked at first."""
    end = body.rfind(b"PK\x05\x06", max(0, len(body) - 66_000))
    if end < 0:
        raise refused("malformed-xlsx")
    if int.from_bytes(body[end + 12 : end + 16], "little") > MOST_DIRECTORY:
        raise refused("too-large")


def parse(pieces: Iterator[bytes], start: Start, end: Callable[[str], Any] | None = None, text: Any = None) -> None:
    """Hand the elements of a part on, one by one.

    Raises:
        FileRefused: `malformed-xlsx`, or `document-type`: no spreadsheet declares entities.

    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_document_type
    fed = 0
    try:
        for piece in pieces:
            parser.Parse(piece, False)
            fed += len(piece)
            if fed - parser.CurrentByteIndex > MOST_OF_A_TOKEN:  # expat looks at all of a token again with each piece
                raise refused("malformed-xlsx")
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError):  # the last two: of an encoding that nobody knows
        raise refused("malformed-xlsx") from None


def _refuse_document_type(*_: object) -> None:
    raise refused("document-type")


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]


def attribute(attributes: dict[str, str], name: str) -> str | None:
    """An attribute by its local name, where it has a prefix: `r:id`."""
    for key, value in attributes.items():
        if ":" in key and local(key) == name and not key.startswith("xmlns:"):
            return value
    return None
