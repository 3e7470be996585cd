"""Tables as people write them, made at random, each row with what it means: in many words, layouts and files."""

import csv
import io
import json
import random
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from app.clock import VIETNAM
from app.imports.reading.rows import Field, Source
from app.imports.reading.words.headers import HEADERS, USED_INSTEAD
from app.imports.reading.words.statuses import STATUSES
from app.status import Status
from tests.imports.corpus.parts import book, letter, lines, sheet

_FIELDS: tuple[Field, ...] = (
    *("unit", "task", "status", "effective_at", "note", "evidence", "document_number", "document_date"),
)
_SAID = (Status.NOT_STARTED, Status.IN_PROGRESS, Status.BLOCKED, Status.COMPLETED)
_NOTES = (
    "đã công bố",
    "chờ “Sở” duyệt; xong 80%",
    "a,b",
    "=1+1",
    "-5",
    "một\nhai",
    "38",
    "27/06/2025",
    "O’Reilly\\u0000",
)
_DAY_FORMS = (
    "{0:%d/%m/%Y}",
    "{0.day}/{0.month}/{0.year}",
    "{0:%d.%m.%Y}",
    "{0:%Y-%m-%d}",
    "ngày {0.day} tháng {0.month} năm {0.year}",
)
_HOUR_FORMS = (
    *("{0:%d/%m/%Y %H:%M}", "{0:%Hh%M} {0.day}/{0.month}/{0.year}", "{0:%Y-%m-%d %H:%M:%S}", "{0:%d/%m/%Y %H:%M:%S}"),
    *("{0:%Y-%m-%dT%H:%M:%S}+07:00", "{0:%H:%M} ngày {0:%d/%m/%Y}"),
)
_NUMBER_FORMAT = '<cellXfs><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs>'


class Work(NamedTuple):
    """A piece of work that a row may be about, with the names of its task and its unit."""

    task: str
    task_name: str
    unit: str
    unit_name: str


class Meant(NamedTuple):
    """What a row says. The time is an instant, a day, or none."""

    task: str
    unit: str
    status: str
    at: datetime | None = None
    day: date | None = None
    note: str | None = None
    evidence: tuple[str, ...] = ()
    number: str | None = None
    dated: date | None = None


class MeantFile(NamedTuple):
    """A file, and what each of its rows means, by its line."""

    source: Source
    body: bytes
    rows: dict[int, Meant]


def random_file(chance: random.Random, work: Sequence[Work], now: datetime) -> MeantFile:
    """A file about some of the work, each piece at most once."""
    about = chance.sample(work, min(len(work), chance.randint(1, 12)))
    named = [field for field in _FIELDS if field in ("unit", "task", "status") or chance.random() < 0.5]
    rows = [_meant(chance, one, named, now) for one in about]
    if chance.random() < 0.15:
        return _ndjson(chance, rows)
    is_book = chance.random() < 0.6
    dates_as_cells = is_book and chance.random() < 0.5
    written = [_cells(chance, row, one, dates_as_cells=dates_as_cells) for row, one in zip(rows, about, strict=True)]
    table, where = _laid_out(chance, named, written)
    meant = dict(zip(where, rows, strict=True))
    if is_book:
        return MeantFile("xlsx", book(sheet(lines(*_placed(table))), styles=_NUMBER_FORMAT), meant)
    return MeantFile("csv", _csv(chance, table), _by_lines_of_text(table, meant))


def _meant(chance: random.Random, one: Work, named: Sequence[Field], now: datetime) -> Meant:
    ago = timedelta(minutes=chance.randint(60 * 24, 60 * 24 * 300))
    moment = (now - ago).astimezone(VIETNAM).replace(second=0, microsecond=0)
    kind = chance.choice(("none", "day", "instant")) if "effective_at" in named else "none"
    if moment.hour == moment.minute == 0:
        moment += timedelta(hours=1)
    has_number = "document_number" in named and chance.random() < 0.6
    return Meant(
        one.task,
        one.unit,
        chance.choice(_SAID).value,
        moment if kind == "instant" else None,
        moment.date() if kind == "day" else None,
        chance.choice(_NOTES) if "note" in named and chance.random() < 0.6 else None,
        tuple(f"https://a.vn/{n}" for n in range(chance.randint(0, 3))) if "evidence" in named else (),
        chance.choice(("12/QĐ-UBND", "1234", "7-CV/TU", "05/2025")) if has_number else None,
        moment.date() if has_number and "document_date" in named and chance.random() < 0.7 else None,
    )


def _cells(chance: random.Random, row: Meant, one: Work, *, dates_as_cells: bool) -> dict[Field, Any]:
    """One of the ways to write each cell of a row."""

    def moment(at: datetime | None, day: date | None) -> Any:
        if at is None and day is None:
            return None
        if dates_as_cells:
            return _date_cell(at or datetime(day.year, day.month, day.day))  # type: ignore[union-attr]  # noqa: DTZ001
        return chance.choice(_HOUR_FORMS if at else _DAY_FORMS).format(at or day)

    return {
        "unit": _unit(chance, one),
        "task": chance.choice((one.task, one.task_name, one.task.upper(), f" {one.task_name}\u00a0")),
        "status": _status(chance, Status(row.status)),
        "effective_at": moment(row.at, row.day),
        "note": row.note,
        "evidence": chance.choice((" ", "; ", "\n", ",")).join(row.evidence) or None,
        "document_number": row.number,
        "document_date": moment(None, row.dated),
    }


def _unit(chance: random.Random, one: Work) -> str:
    name = one.unit_name
    ways = [one.unit, name, name.upper(), f"{one.unit} - {name}", f"'{one.unit}", f"UBND {name}", f"{one.unit}.0"]
    ways += [unicodedata.normalize("NFD", name), f"{name}\u200b", f" {name} "]
    if len(one.unit) > 2:
        ways += [f"{name}, Thanh Hóa", f"{name} (huyện Nga Sơn cũ)"]
    return chance.choice(ways)


def _status(chance: random.Random, status: Status) -> str:
    word = chance.choice([word for words in STATUSES[status].values() for word in words] + [status.value])
    return chance.choice((word, word.upper(), f" {word}", f"{word}\u200b"))


def _date_cell(at: datetime) -> str:
    days = (at.replace(tzinfo=None) - datetime(1899, 12, 30)) / timedelta(days=1)  # noqa: DTZ001
    return f'<c r="{{}}" s="1"><v>{days!r}</v></c>'


def _placed(table: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """The same table, its date cells with the references of their places."""
    return [
        [
            cell.format(f"{letter(place)}{line}") if isinstance(cell, str) and cell.startswith("<c ") else cell
            for place, cell in enumerate(cells)
        ]
        for line, cells in enumerate(table, 1)
    ]


def _laid_out(
    chance: random.Random, named: Sequence[Field], written: Sequence[dict[Field, Any]]
) -> tuple[list[list[Any]], list[int]]:
    """The table with what offices put around it, and the line of each row."""
    columns: list[Field | str] = [*named, *(["STT"] if chance.random() < 0.4 else []), *_others(chance)]
    chance.shuffle(columns)
    header = [_title(chance, column) for column in columns]
    table: list[list[Any]] = chance.choice(([], [["BÁO CÁO"]], [["UBND TỈNH"], [], ["Số: 12/BC", "", "Độc lập"], []]))[
        :
    ]
    table.append(header)
    if chance.random() < 0.2:
        table.append([f"({n})" for n in range(1, len(columns) + 1)])

    def around(text: str) -> list[Any]:
        return [text if column == "task" else None for column in columns]

    where = []
    for number, cells in enumerate(written, 1):
        table += chance.choices(([], [[]], [around("Nhóm khác")], [header[:]]), (12, 1, 1, 1))[0]
        table.append([number if c == "STT" else cells.get(c, "x") for c in columns])  # type: ignore[call-overload]
        where.append(len(table))
    if chance.random() < 0.3:
        table += [around("Tổng cộng"), [], around("NGƯỜI LẬP BIỂU"), around("Nguyễn Văn A")]
    return table, where


def _others(chance: random.Random) -> list[str]:
    return [
        one for one in ("Kinh phí", "Đơn vị phối hợp", "Hạn", "Ngày hoàn thành (dự kiến)") if chance.random() < 0.15
    ]


def _title(chance: random.Random, column: str) -> str:
    titles = [*HEADERS.get(column, (column,)), *USED_INSTEAD.get(column, ())]  # type: ignore[call-overload]
    title: str = chance.choice(titles)
    return chance.choice((title, title.upper(), f"{title}:", f"{title} (*)", f"\ufeff{title}"))


def _as_text(cell: Any) -> str:
    return "" if cell is None else str(cell)


def _csv(chance: random.Random, table: Sequence[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=chance.choice((",", ";", "\t")), lineterminator=chance.choice(("\n", "\r\n")))
    writer.writerows([_as_text(cell) for cell in line] for line in table)
    return out.getvalue().encode(chance.choice(("utf-8", "utf-8-sig", "utf-16")))


def _by_lines_of_text(table: Sequence[Sequence[Any]], meant: dict[int, Meant]) -> dict[int, Meant]:
    """The same by the lines of the file: a cell may go over several."""
    found, line = {}, 1
    for number, cells in enumerate(table, 1):
        if number in meant:
            found[line] = meant[number]
        line += 1 + sum(_as_text(cell).count("\n") for cell in cells)
    return found


def _ndjson(chance: random.Random, rows: Sequence[Meant]) -> MeantFile:
    written = []
    for row in rows:
        said: dict[str, Any] = {"task": row.task, "unit": row.unit, "status": row.status, "note": row.note}
        said["effective_at"] = row.at.isoformat() if row.at else str(row.day) if row.day else None
        said["evidence"] = list(row.evidence)
        if row.number:
            said["document"] = {"number": row.number, "date": row.dated and str(row.dated)}
        written.append(json.dumps(said, ensure_ascii=chance.random() < 0.5))
    return MeantFile("ndjson", "\n".join(written).encode(), dict(enumerate(rows, 1)))
