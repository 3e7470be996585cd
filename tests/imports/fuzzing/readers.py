"""Mutates files of the corpus, and reads them, for as long as one lets it: `scripts/fuzz [MINUTES] [SEED]`.

Whatever comes of a file, it is read or refused; and a row that nothing is wrong with says what its own cells say.
"""

import argparse
import io
import random
import sys
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import tests.imports.corpus.by_excel
import tests.imports.corpus.by_offices
import tests.imports.corpus.by_others
import tests.imports.corpus.by_people
import tests.imports.corpus.csv_files  # noqa: F401 - each puts its files into CASES
from app.imports.reading.rows import FileRefusal
from app.imports.reading.values.cells import seen
from app.imports.reading.values.fields import status_in
from app.imports.reading.values.text import clean_name
from tests.imports.corpus.case import CASES, Case, Kept, read_here
from tests.imports.corpus.parts import zipped

_WORDS = (
    *(b"<c r='A2'>", b"</c>", b"<row>", b"<v>1</v>", b"t='s'", b"r='XFD9'", b'r="0"', b"&lt;", b"&#0;", b"]]>"),
    *(b"<!--", b'"', b"\r", b"\n", b",", b";", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xcc\x80" * 40, b"_x0000_"),
    *(b"9" * 400, b"-1", b"<mergeCell ref='A1:C9'/>", b"<f>A1</f>", b"NaN", b"1e400", b"{", b"}", b"null", b"blocked"),
    *("Hoàn thành".encode(), b"\\u0000", "Xã Nga Sơn".encode(), "Nghệ An".encode(), b"\xef\xbf\xbf", b"_xFFFF_"),
)


def mutated(body: bytes, chance: random.Random) -> bytes:
    """A file with a few bytes changed: within one of its parts where it is a workbook."""
    if not body.startswith(b"PK") or chance.random() < 0.1:
        return _spoiled(body, chance)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(sorted(name for name in parts if name.lower().endswith((".xml", ".rels"))))
    if chance.random() < 0.05:
        del parts[name]
    else:
        parts[name] = _spoiled(parts[name], chance)
    return zipped(parts)


def _spoiled(part: bytes, chance: random.Random) -> bytes:
    changed = bytearray(part)
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        place = chance.randrange(len(changed) + 1)
        end = min(len(changed), place + chance.choice((0, 1, 1, 4, 30, 300)))
        match chance.randrange(4):
            case 0:
                changed[place:end] = chance.choice(_WORDS)
            case 1:
                changed[place:end] = b""
            case 2:
                changed[place:place] = changed[place:end] * chance.choice((1, 2, 50))
            case _:
                changed[place:end] = bytes(chance.randrange(256) for _ in range(end - place))
    return bytes(changed)


def check(case: Case, body: bytes) -> None:
    """Read a file; each row without a complaint has to hold what its cells hold."""
    read = read_here(case.source, body, case.wanted)
    if isinstance(read, FileRefusal):
        return
    assert read.summary is not None
    for index, row in enumerate(read.rows):
        if not row.complaints:
            check_row(read, index)


def check_row(read: Kept, index: int) -> None:
    assert read.summary is not None
    row, sent = read.rows[index], read.sent[index]
    columns = read.summary.sheets[row.sheet].columns
    cells = {column.field: cell for column, cell in zip(columns, sent, strict=False) if column.field}
    assert row.status == (status_in(cells["status"]) if cells.get("status") is not None else None)
    for field in ("task", "task_code", "unit", "unit_code"):
        value = getattr(row, field)
        cell = cells.get(field)
        assert value == (clean_name(seen(cell)) or None if cell is not None else None), (field, value, cell)


def mutations(seed: int) -> Iterator[tuple[Case, bytes]]:
    chance = random.Random(seed)
    bodies = {case.name: body for case in CASES if not case.refused and len(body := case.make()) < 100_000}
    small = [case for case in CASES if case.name in bodies]
    while True:
        case = chance.choice(small)
        yield case, mutated(bodies[case.name], chance)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=10)
    options.add_argument("--seed", type=int, default=random.randrange(10**6), help="the same seed, the same files")
    asked = options.parse_args()
    seed, end, count = asked.seed, time.monotonic() + asked.minutes * 60, 0
    for case, body in mutations(seed):
        if time.monotonic() > end:
            break
        count += 1
        try:
            check(case, body)
        except Exception:
            kept = Path(f"fuzzed-{case.name}-{zlib.crc32(body):08x}.{case.source}")
            kept.write_bytes(body)
            sys.stderr.write(f"seed {seed}, file {count}: {kept}\n")
            raise
    sys.stdout.write(f"{count} files, seed {seed}: nothing found\n")


if __name__ == "__main__":
    main()
