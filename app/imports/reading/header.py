"""The header of a sheet: where it stands, over one row or two, and what each of its columns is read as."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from app.imports.reading.limits import HEADER_WITHIN, MOST_COLUMNS, AtPlace, Unreadable, refused
from app.imports.reading.rows import Column, Field, FileRefusal
from app.imports.reading.values.cells import is_blank, seen
from app.imports.reading.values.text import clean
from app.imports.reading.words.headers import BESIDE_REFUSED, HEADERS, USED_INSTEAD
from app.imports.reading.words.meaning import HeaderMeaning, header_key, meaning_of
from app.imports.reading.xlsx.references import letters_of

Line = tuple[int, Sequence[Any]]
Chosen = Mapping[str, str]
"""What the sender says columns are: the key of a header, and a field or `-`."""

_ONE_IS_ENOUGH = ("note",)
"""Of several columns that may be one, the first is read; for any other field the file is refused."""
_LONGEST_GROUP = 60
_BETWEEN = " – "
"""Between a group of columns and one of them, where both are named as one."""
_AROUND_A_TITLE = " :*\ufeff\u200b"
_STATUS_TITLES = frozenset(title.casefold() for titles in (HEADERS, USED_INSTEAD) for title in titles["status"])


class Header(NamedTuple):
    """`lines` is how many lines it takes, from `first` on in the lines it was looked for in."""

    first: int
    lines: int
    line: int
    columns: tuple[Column, ...]
    unclear: Mapping[int, tuple[Field, ...]]
    """Columns that read like a field without being understood, and what they may mean."""
    chosen: frozenset[str]
    refusals: tuple[FileRefusal, ...] = ()
    """Why the sheet is refused for its header alone; it is read to its end, for what else is wrong with it."""

    @property
    def is_of_refused_rows(self) -> bool:
        """Whether the rows were refused before: then a unit is missing also where no other row has one."""
        titles = {column.header.strip() for column in self.columns}
        return any({*pair} <= titles for pair in BESIDE_REFUSED.values())

    def widened(self, width: int) -> "Header":
        """With a column for each cell that stands beside the header, as one that nobody knows."""
        beside = [Column("", None, "not-read")] * (width - len(self.columns))
        return self._replace(columns=(*self.columns, *beside))

    def is_named_again(self, cells: Sequence[Any], chosen: Chosen) -> bool | None:
        """Whether a line names the same columns once more; None where it is no header at all."""
        if not any(isinstance(cell, str) and _may_be_status(cell) for cell in cells):
            return None
        titles = _titles([_title(cell) if isinstance(cell, str) else "" for cell in cells[:MOST_COLUMNS]], chosen)
        if not titles.fits:
            return None
        return all(
            meaning.field in (None, column.field) or (meaning.instead and column.field is None)
            for meaning, column in zip(titles.meanings, self.columns, strict=False)
        )


def _may_be_status(cell: str) -> bool:
    """Whether a cell looks like the title of a status: asked of every bad row, so without folding it."""
    if len(cell) > _LONGEST_GROUP:
        return False
    title = " ".join(cell.partition("(")[0].split())
    return title.strip(_AROUND_A_TITLE).casefold() in _STATUS_TITLES


class _Titles(NamedTuple):
    """The headers of one way to read a line (or two) as a header."""

    names: list[str]
    meanings: list[HeaderMeaning]

    @property
    def fits(self) -> bool:
        fields = {meaning.field and meaning.field.removesuffix("_code") for meaning in self.meanings}
        return {"task", "status"} <= fields

    @property
    def known(self) -> int:
        return sum(meaning.field is not None or meaning.set_aside or meaning.is_otherwise for meaning in self.meanings)


def find_header(lines: Sequence[Line], chosen: Chosen, sheet: str | None = None) -> Header | None:
    """The first line, or two, that names a task and a status.

    Raises:
        FileRefused: `too-many-columns`.
        AtPlace: a title is in other letters than Unicode's.

    """
    for first, (line, cells) in enumerate(lines):
        if line > HEADER_WITHIN:
            break
        names = list(map(_title, cells[:MOST_COLUMNS]))
        single = _titles(names, chosen)
        below = _below(lines, first)
        double = _over_two(names, below, chosen) if below else None
        if double and _is_better(double, single, names, below, chosen):
            return _header(first, 2, line, double, chosen, lines[first + 1][1], sheet)
        if single.fits:
            return _header(first, 1, line, single, chosen, cells, sheet)
    return None


def _below(lines: Sequence[Line], first: int) -> list[str]:
    """The next line, where it follows at once."""
    if first + 1 == len(lines) or lines[first + 1][0] != lines[first][0] + 1:
        return []
    try:
        return list(map(_title, lines[first + 1][1][:MOST_COLUMNS]))
    except AtPlace:  # it is read again as a row, or as the first line of a header
        return []


def _title(cell: Any) -> str:
    if is_blank(cell):
        return ""
    try:
        return " ".join(clean(seen(cell)[:300]).split())
    except Unreadable:
        return ""


def _titles(names: Sequence[str], chosen: Chosen) -> _Titles:
    return _Titles(list(names), [_of_one_line(name, chosen) for name in names])


def _of_one_line(name: str, chosen: Chosen) -> HeaderMeaning:
    """A group and its column may stand on one line, as in refused rows that came back: `Kết quả – Trạng thái`."""
    meaning = _chosen_or_known(name, chosen)
    group, _, below = name.rpartition(_BETWEEN)
    if meaning.field or meaning.set_aside or not group:
        return meaning
    return _pair(group, below, chosen)[1]


def _chosen_or_known(name: str, chosen: Chosen) -> HeaderMeaning:
    field = chosen.get(header_key(name)) if name else None
    if field is None:
        return meaning_of(name)
    return HeaderMeaning(set_aside=True) if field == "-" else HeaderMeaning(cast("Field", field))


def _over_two(top: Sequence[str], below: Sequence[str], chosen: Chosen) -> _Titles | None:
    """Groups above, columns below: `Văn bản` over `Số` and `Ngày`. A merged cell stands in each of its places."""
    width = max(len(top), len(below))
    above = [*top, *[""] * (width - len(top))]
    under = [*below, *[""] * (width - len(below))]
    if len(set(filter(None, above))) < 2:  # a title over everything is no group
        return None
    for place in range(1, width):  # a group of a CSV file stands over its first column alone
        if under[place] and not above[place] and under[place - 1] and under[place - 1] != above[place - 1]:
            above[place] = above[place - 1]
    titles = {
        group for group, name in zip(above, under, strict=True) if meaning_of(name).field in ("task", "task_code")
    }
    pairs = [_pair(group, name, chosen, is_title=group in titles) for group, name in zip(above, under, strict=True)]
    return _Titles([name for name, _ in pairs], [meaning for _, meaning in pairs])


def _pair(group: str, name: str, chosen: Chosen, *, is_title: bool = False) -> tuple[str, HeaderMeaning]:
    """A column below its group. `is_title`: the group stands above the tasks, too, and says nothing of the column."""
    if not name or not group or name == group or len(group) > _LONGEST_GROUP:
        only = name or group
        return only, _chosen_or_known(only, chosen)
    for both in (f"{group}{_BETWEEN}{name}", f"{name} {group}"):
        meaning = _chosen_or_known(both, chosen)
        if meaning.field or meaning.set_aside:
            return f"{group}{_BETWEEN}{name}", meaning
    if is_title or header_key(name) in chosen:
        return f"{group}{_BETWEEN}{name}", _chosen_or_known(name, chosen)
    # `Kỳ trước` over `Ghi chú` says what `Ghi chú (kỳ trước)` says.
    return f"{group}{_BETWEEN}{name}", meaning_of(f"{name} ({group})")


def _is_better(double: _Titles, single: _Titles, top: Sequence[str], below: Sequence[str], chosen: Chosen) -> bool:
    if not double.fits:
        return False
    if single.fits:
        return _is_below_it(single, top, below, chosen) and double.known > single.known
    alone = _titles(below, chosen)
    if not alone.fits or double.known > alone.known:
        return True
    is_refuted = any(one.field and not both.field for one, both in zip(alone.meanings, double.meanings, strict=False))
    return is_refuted and double.known == alone.known


def _is_below_it(single: _Titles, top: Sequence[str], below: Sequence[str], chosen: Chosen) -> bool:
    """Whether the next line goes on with the header: its task and its status are empty, merged, or names of columns."""
    for name, meaning, under in zip(top, single.meanings, [*below, *[""] * len(top)], strict=False):
        is_covered = not under or under == name or _chosen_or_known(under, chosen).field is not None
        if meaning.field in ("task", "task_code", "status", "unit") and not is_covered:
            return False
    return any(under and under not in top for under in below)


def _header(
    first: int, lines: int, line: int, titles: _Titles, chosen: Chosen, cells: Sequence[Any], sheet: str | None
) -> Header:
    if not all(map(is_blank, cells[MOST_COLUMNS:])):
        raise refused("too-many-columns", sheet=sheet, line=line, max=MOST_COLUMNS)
    columns: list[Column] = []
    unclear: dict[int, tuple[Field, ...]] = {}
    own = {meaning.field for meaning in titles.meanings if meaning.field and not meaning.instead}
    for place, (name, meaning) in enumerate(zip(titles.names, titles.meanings, strict=True)):
        column, candidates = _column(name, meaning, chosen, own, columns)
        columns.append(column)
        if candidates:
            unclear[place] = candidates
    used = frozenset(key for name in titles.names if name and (key := _key_in(name, chosen)))
    twice = tuple(_duplicates(columns, line, sheet))
    return Header(first, lines, line, tuple(_each_once(columns)), unclear, used, twice)


def _key_in(name: str, chosen: Chosen) -> str | None:
    keys = (header_key(name), header_key(name.rpartition(" – ")[2]))
    return next((key for key in keys if key in chosen), None)


def _column(
    name: str, meaning: HeaderMeaning, chosen: Chosen, own: set[Field], before: Sequence[Column]
) -> tuple[Column, tuple[Field, ...]]:
    if name and _key_in(name, chosen):
        return Column(name, meaning.field, "chosen"), ()
    if meaning.field is None:
        return Column(name, None, "set-aside" if meaning.set_aside else "not-read"), meaning.candidates
    if not meaning.instead:
        return Column(name, meaning.field, "known"), ()
    if meaning.field in own:
        return Column(name, None, "not-read"), () if meaning.field in ("task", "note") else (meaning.field,)
    if meaning.field in _ONE_IS_ENOUGH and any(column.field == meaning.field for column in before):
        return Column(name, None, "not-read"), ()
    return Column(name, meaning.field, "known"), ()


def _duplicates(columns: Sequence[Column], line: int, sheet: str | None) -> Iterator[FileRefusal]:
    fields = [column.field for column in columns if column.field]
    for field in dict.fromkeys(fields):
        if fields.count(field) > 1:
            which = [(place, column.header) for place, column in enumerate(columns) if column.field == field]
            is_named_twice = len({header for _, header in which}) < len(which)
            named = [f"{header} ({letters_of(place)})" if is_named_twice else header for place, header in which]
            yield refused("duplicate-column", sheet=sheet, line=line, field=field, columns=named).refusal


def _each_once(columns: Sequence[Column]) -> Iterator[Column]:
    """The first column of each field; what the others say is asked about, not read."""
    seen: set[Field] = set()
    for column in columns:
        yield column._replace(field=None) if column.field in seen else column
        seen |= {column.field} if column.field else set()
