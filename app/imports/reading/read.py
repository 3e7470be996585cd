"""Which reader a file goes to, and what is known once it was read."""

from app.imports.reading.delimited import read_delimited
from app.imports.reading.frames import Frames
from app.imports.reading.header import Chosen
from app.imports.reading.limits import all_refused, refused
from app.imports.reading.ndjson import read_ndjson
from app.imports.reading.rows import Source, Wanted
from app.imports.reading.words.meaning import header_key
from app.imports.reading.xlsx.workbook import read_workbook

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"


def read(source: Source, body: bytes, wanted: Wanted, out: Frames) -> None:
    """Write the rows of a file, then what is known of it.

    Raises:
        FileRefused: it cannot be read as a whole.

    """
    chosen = chosen_columns(wanted)
    if source == "xlsx":
        summary, used = read_workbook(body, wanted, chosen, out)
    else:
        if body.startswith((_ZIP, _OLE)):
            raise refused("wrong-magic", kind="xlsx" if body.startswith(_ZIP) else "xls", announced=source)
        if wanted.sheets:
            raise refused("no-sheets", seen=", ".join(name[:100] for name in wanted.sheets[:10]))
        if source == "csv":
            summary, used = read_delimited(body, chosen, out)
        else:
            summary, used = read_ndjson(body, out), frozenset()
    if not out.count:
        raise refused("no-rows")
    _refuse_unused(wanted, used)
    out.end(summary)


def chosen_columns(wanted: Wanted) -> Chosen:
    return {header_key(header): field for header, field in (*wanted.remembered, *wanted.columns)}


def _refuse_unused(wanted: Wanted, used: frozenset[str]) -> None:
    unknown = [header[:100] for header, _ in wanted.columns if header_key(header) not in used]
    if unknown:
        raise all_refused(refused("unknown-column", column=header).refusal for header in unknown)
