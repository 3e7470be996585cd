"""The rules of files in plain Python, slow and from the contract alone: what becomes of each row, and why."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.model.model import COMPLETE, VERDICTS, Assignment, LastWord, Moment, RefusedWord, Update, World

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
Key = tuple[str, str]


@dataclass(frozen=True)
class FileRow:
    """A row as someone writes it; `base` is the template and the update it was filled from."""

    task: str
    unit: str
    status: str
    note: str | None = None
    at: datetime | None = None
    day: date | None = None
    base: tuple[str, UUID | None] | None = None

    @property
    def key(self) -> Key:
        return self.task, self.unit

    def says(self, status: str, note: str | None) -> bool:
        return self.status == status and (self.note is None or same(self.note, note))


@dataclass(frozen=True)
class Sender:
    who: str
    unit: str
    is_ministry: bool
    digest: bytes


def same(one: str | None, other: str | None) -> bool:
    """Spaces, case and the marks at the end of a note say nothing."""
    plain = [" ".join((note or "").casefold().split()).rstrip(" .,;!") for note in (one, other)]
    return plain[0] == plain[1]


def vietnamese_day(at: datetime) -> date:
    return at.astimezone(VIETNAM).date()


def end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), VIETNAM)


def stamped(rows: list[FileRow], now: datetime) -> bool:
    """Whether all times of a file say no more than when it was sent."""
    times = [row.at for row in rows if row.at]
    return (
        bool(times) and not any(row.day for row in rows) and all(abs(at - now) <= timedelta(minutes=10) for at in times)
    )


class Judgement:
    """One file against the world as it is."""

    def __init__(self, world: World, sender: Sender, rows: list[FileRow], now: datetime) -> None:
        self.world, self.sender, self.now = world, sender, now
        before = [file for file in world.files if file.who == sender.who]
        self.repeated: dict[int, list[int]] = {}
        """By the row that counts, those that say the same: they are refused with it."""
        self.without_times = stamped(rows, now) and bool(before) and before[-1].stamped

    def outcomes(self, rows: dict[int, FileRow]) -> dict[int, str]:
        """`unchanged` or the code of a refusal; a row that is not in it goes on to be stored."""
        found: dict[int, str] = {}
        groups: dict[Key, list[int]] = defaultdict(list)
        for place, row in rows.items():
            if row.base and (decided := self.by_base(row)):
                found[place] = decided
            else:
                groups[row.key].append(place)
        for key, places in groups.items():
            self.assignment(self.world.assignments[key], {place: rows[place] for place in places}, found)
        return found

    def by_base(self, row: FileRow) -> str | None:
        assert row.base
        _, filled_from = row.base
        history = {u.id: u for u in self.world.assignments[row.key].updates}
        if filled_from and filled_from not in history:
            return "base-mismatch"
        status = history[filled_from].status if filled_from else "not_started"
        as_filled = row.status == status and not (row.note or row.at or row.day)
        return "unchanged" if as_filled else None

    def moment(self, row: FileRow) -> datetime | None:
        """None is now: no time, a bare day of today, a time that has not come."""
        at = end_of(row.day) if row.day else row.at
        return None if self.without_times or at is None or at > self.now else at

    def is_timed(self, row: FileRow) -> bool:
        return bool(row.at) and not self.without_times

    def assignment(self, assignment: Assignment, rows: dict[int, FileRow], found: dict[int, str]) -> None:
        moments: dict[datetime, list[int]] = defaultdict(list)
        for place, row in rows.items():
            moments[self.moment(row) or datetime.max.replace(tzinfo=VIETNAM)].append(place)
        sound = [place for at in sorted(moments) for place in self.of_one_moment(moments[at], rows, found)]
        self.timeline = sorted(assignment.updates, key=lambda u: u.place)
        self.history = list(self.timeline)
        self.since = assignment.standing(Moment(self.now)).since
        self.lasts = list(self.last_words(assignment))
        self.in_vain = list(self.refused_words(assignment))
        self.said_before = [(word.status, word.note) for word in self.lasts]
        self.said_before += [(word.status, word.note) for word in self.in_vain]
        self.said: list[tuple[date, str]] = []
        for place in sound:
            code = self.in_turn(rows[place], is_last=place == sound[-1])
            if code:
                found.update(dict.fromkeys([place, *self.repeated.get(place, [])], code))

    def of_one_moment(self, places: list[int], rows: dict[int, FileRow], found: dict[int, str]) -> list[int]:
        statuses = {rows[place].status for place in places}
        notes = {rows[place].note for place in places} - {None}
        if len(statuses) > 1 or len(notes) > 1:
            found.update(dict.fromkeys(places, "contradiction"))
            return []
        best = next((place for place in places if rows[place].note), places[0])
        self.repeated[best] = [place for place in places if place != best]
        found.update(dict.fromkeys(self.repeated[best], "unchanged"))
        return [best]

    def last_words(self, assignment: Assignment, *, of_undone: bool = True) -> Iterator[LastWord]:
        """Of the last file with the token, and of the last of the unit, that spoke of this work."""
        key = (assignment.task.code, assignment.unit.code)
        same = self.sender.digest if of_undone else None
        counting = [f for f in self.world.files if not f.undone or f.digest == same]
        for mine in (
            [f for f in counting if f.who == self.sender.who and key in f.words],
            [f for f in counting if f.unit == self.sender.unit and key in f.words],
        ):
            if mine:
                yield mine[-1].words[key]

    def refused_words(self, assignment: Assignment) -> Iterator[RefusedWord]:
        """Of files with the token, or of the unit."""
        for (who, key), word in self.world.refused.items():
            if key == (assignment.task.code, assignment.unit.code) and (
                who == self.sender.who or word.unit == self.sender.unit
            ):
                yield word

    def in_turn(self, row: FileRow, *, is_last: bool) -> str | None:
        if is_last and self.returned_since(row):
            return "returned-since"
        at = self.moment(row) or self.now
        day = row.day or vietnamese_day(at)
        if self.holds(row):
            self.said.append((day, row.status))
            return "unchanged"
        if self.changed_since(row):
            return "changed-since"
        if self.takes_verdict_back(row):
            return "verified"
        if self.was_refused_before(row):
            return "changed-since"
        self.said.append((day, row.status))
        forever = datetime.max.replace(tzinfo=VIETNAM)
        stored = Update(UUID(int=2**128 - 1), row.status, at, forever, row.note)
        self.timeline = sorted([*self.timeline, stored], key=lambda u: u.place)
        return None

    def returned_since(self, row: FileRow) -> bool:
        since_last = [u for u in self.timeline if u.status == "returned" or u.status in COMPLETE]
        if not since_last or since_last[-1].status != "returned":
            return False
        returned = since_last[-1]
        base = next((u for u in self.history if row.base and u.id == row.base[1]), None)
        if base and base.place > returned.place:
            return False
        run = []
        for update in reversed([u for u in self.history if u.place < returned.place]):
            if update.status not in COMPLETE:
                break
            run.append(update)
        if row.day and not self.without_times and row.day > vietnamese_day(returned.effective_at):
            return False
        repeats = any(row.says(u.status, u.note) for u in run)
        if repeats and self.is_timed(row):
            of_then = any(u.effective_at == row.at for u in self.history) or self.was_said_ahead(row)
            repeats = self.timeline[-1] is returned and of_then
        in_vain = any(word.since < returned.recorded_at for word in self.said_in_vain(row))
        return repeats or (in_vain and not status_holds(row.status, self.timeline[-1].status))

    def said_in_vain(self, row: FileRow) -> list[RefusedWord]:
        """The refused words that a row repeats: without a time, or of the same one."""
        return [
            word
            for word in self.in_vain
            if row.says(word.status, word.note) and (not self.is_timed(row) or row.at == word.at)
        ]

    def was_refused_before(self, row: FileRow) -> bool:
        """What was said in vain is no news because something else was reported since."""
        words = self.said_in_vain(row)
        if not words or not self.timeline or self.is_news(row):
            return False
        base = next((u for u in self.history if row.base and u.id == row.base[1]), None)
        since = min(word.since for word in words)
        return any(
            u.recorded_at > since and not row.says(u.status, u.note) and (base is None or u.id > base.id)
            for u in self.history
        )

    def holds(self, row: FileRow) -> bool:
        if self.is_timed(row):
            there = [u for u in self.history if u.effective_at == row.at]
            if not there and self.was_said_ahead(row):
                there = self.timeline[-1:]
            return bool(there) and self.held_by(row, there[-1])
        otherwise = any(not row.says(last.status, last.note) for last in self.lasts)
        if row.day and not self.without_times and not (row.day == vietnamese_day(self.now) and otherwise):
            gone = {u.undoes for u in self.history if u.undoes}
            on_day = [u for u in self.timeline if vietnamese_day(u.effective_at) == row.day and u.id not in gone]
            return any(self.held_by(row, u) for u in on_day)
        if not self.timeline:
            return row.says("not_started", None)
        return self.held_by(row, self.timeline[-1])

    def held_by(self, row: FileRow, update: Update) -> bool:
        if not status_holds(row.status, update.status):
            return False
        if row.note is None or row.status != update.status or any(row.says(*said) for said in self.said_before):
            return True
        kind = row.status in VERDICTS
        own = [u for u in self.timeline if u.place <= update.place and (u.status in VERDICTS) == kind]
        return bool(own) and same(own[-1].note, row.note)

    def changed_since(self, row: FileRow) -> bool:
        if not self.timeline:
            return False
        bare_day = row.day is not None and not self.without_times
        if self.is_timed(row):
            return self.corrected_since(row)
        if not self.is_news(row) and (self.reported_since(row) or self.moved_since_base(row)):
            return True
        return bare_day and self.sets_back_its_day(row)

    def is_news(self, row: FileRow) -> bool:
        """A bare day after that of the last report."""
        if row.day is None or self.without_times:
            return False
        return not self.history or row.day > vietnamese_day(self.history[-1].effective_at)

    def reported_since(self, row: FileRow) -> bool:
        return any(
            row.says(last.status, last.note)
            and any(u.recorded_at > last.committed_at and not row.says(u.status, u.note) for u in self.history)
            for last in self.lasts
        )

    def moved_since_base(self, row: FileRow) -> bool:
        if row.base is None:
            return False
        template, filled_from = row.base
        base = next((u for u in self.history if u.id == filled_from), None)
        later = [u for u in self.history if base is None or (u.place > base.place and u.id > base.id)]
        undone = {u.undoes for u in later if u.undoes} & {u.id for u in later}
        for update in later:
            answered = update is self.history[-1] and update.status == "returned"
            without_effect = update.id in undone or update.undoes in undone
            if not answered and not without_effect and template not in self.templates_of(update):
                return True
        return False

    def templates_of(self, update: Update) -> set[str]:
        file = next((f for f in self.world.files if f.id == update.file), None)
        return file.templates if file and not update.undoes else set()

    def corrected_since(self, row: FileRow) -> bool:
        there = [u for u in self.history if u.effective_at == row.at]
        if not there:
            return self.was_said_ahead(row) and self.reported_since(row)
        if row.says(there[-1].status, there[-1].note):
            return False
        by_files = any(self.is_of_unit(u) and row.says(u.status, u.note) for u in there)
        return by_files or any(last.at == row.at and row.says(last.status, last.note) for last in self.lasts)

    def was_said_ahead(self, row: FileRow) -> bool:
        """Whether a last row said just this of a time that had not come, so that nothing has it."""
        if any(u.effective_at == row.at for u in self.history):
            return False
        return any(last.at == row.at and row.says(last.status, last.note) for last in self.lasts)

    def is_of_unit(self, update: Update) -> bool:
        file = next((f for f in self.world.files if f.id == update.file), None)
        if file is None or update.undoes:
            return False
        return file.unit == self.sender.unit and (not file.undone or file.digest == self.sender.digest)

    def sets_back_its_day(self, row: FileRow) -> bool:
        at = self.moment(row)
        if at and self.history and at < self.history[-1].effective_at:
            return False
        on_day = [u for u in self.timeline if vietnamese_day(u.effective_at) == row.day and u.recorded_at.year < 9999]
        others = [u.status for u in on_day if not self.is_of_unit(u)]
        in_file = [status for day, status in self.said if day == row.day]
        return any(sets_back(row.status, said) for said in (*others[-1:], *in_file[-1:]))

    def takes_verdict_back(self, row: FileRow) -> bool:
        if self.sender.is_ministry or not self.timeline or self.timeline[-1].status != "verified":
            return False
        at = self.moment(row) or self.now
        breaks = row.status not in COMPLETE and self.since is not None and at >= self.since
        return at >= self.timeline[-1].effective_at or breaks


def status_holds(status: str, held: str) -> bool:
    return status == held or (status, held) == ("completed", "verified")


def sets_back(status: str, said: str) -> bool:
    if said in COMPLETE:
        return status not in COMPLETE
    return status == "not_started" and said != "not_started"
