"""An .xlsx file before anything in it is parsed: a zip of sane size that holds a workbook and nothing that runs."""

import zipfile
from io import BytesIO

from app.errors import TooLarge
from app.imports.readers.table import refused

MOST_MEMBERS = 500
MOST_UNZIPPED = 160 * 1024 * 1024
MOST_OF_OTHER_PARTS = 48 * 1024 * 1024
"""All but the sheets is held in memory at once."""
MOST_RATIO = 150
_SMALL = 1024 * 1024
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")
_DECLARATIONS = [
    text.encode(code) for text in ("<!DOCTYPE", "<!ENTITY") for code in ("utf-8", "utf-16-le", "utf-16-be")
]
_LONGEST_DECLARATION = 2 * len("<!DOCTYPE")
_PIECE = 1024 * 1024


def open_container(body: bytes) -> zipfile.ZipFile:
    """The archive, checked.

    Raises:
        MalformedFile: `wrong-magic`, `malformed-xlsx`, `macro-file`, `nested-archive` or `document-type`.
        TooLarge: a zip bomb.

    """
    if body.startswith(b"\xd0\xcf\x11\xe0"):
        raise refused("wrong-magic", "this is an old .xls or an encrypted file; save it as .xlsx without a password")
    if not body.startswith(b"PK\x03\x04"):
        raise refused("wrong-magic", "this is not an .xlsx file")
    try:
        archive = zipfile.ZipFile(BytesIO(body))
        _refuse_bombs(archive)
        _refuse_what_runs(archive)
        for member in archive.infolist():
            _refuse_declarations(archive, member)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, KeyError):
        raise refused("malformed-xlsx", "the .xlsx file is damaged") from None
    return archive


def _refuse_bombs(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise TooLarge("the .xlsx file holds too many parts")
    for member in members:
        swollen = member.file_size > _SMALL and member.file_size > MOST_RATIO * max(member.compress_size, 1)
        if swollen or member.file_size > MOST_UNZIPPED:
            raise TooLarge("a part of the .xlsx file is too large when unzipped")
    sheets = sum(member.file_size for member in members if "/worksheets/" in f"/{member.filename}")
    total = sum(member.file_size for member in members)
    if total > MOST_UNZIPPED or total - sheets > MOST_OF_OTHER_PARTS:
        raise TooLarge("the .xlsx file is too large when unzipped")


def _refuse_what_runs(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if len(set(names)) < len(names):
        raise refused("malformed-xlsx", "the .xlsx file is damaged: a part is there twice")
    if "[Content_Types].xml" not in names:
        raise refused("malformed-xlsx", "this is a zip archive, and not an .xlsx file")
    types = archive.read("[Content_Types].xml").lower()
    if b"macroenabled" in types or b"vbaproject" in types or any("vbaproject" in name.lower() for name in names):
        raise refused("macro-file", "files with macros are not taken; save it as .xlsx")


def _refuse_declarations(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """No part may be an archive itself, or declare entities: no program writes either into a table of reports."""
    tail = b""
    with archive.open(member) as part:
        while piece := part.read(_PIECE):
            if not tail and piece.startswith(_ARCHIVES):
                raise refused("nested-archive", f"the .xlsx file holds another archive: {member.filename[:100]}")
            if any(declaration in tail + piece for declaration in _DECLARATIONS):
                raise refused("document-type", "the .xlsx file declares a document type; no spreadsheet does")
            tail = piece[-_LONGEST_DECLARATION:]
