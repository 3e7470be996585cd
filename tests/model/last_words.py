"""What a committed file said last of each piece of work, and what it said in vain: for the files after it."""

from datetime import datetime

from tests.model.file_rules import VIETNAM, FileRow, Judgement, Key
from tests.model.model import LastWord, RefusedWord


def last_words_of(judgement: Judgement, rows: list[FileRow], kept: list[int], now: datetime) -> dict[Key, LastWord]:
    """The last word of a file on each piece of work; an untouched template row is none."""
    last = last_places(judgement, rows, kept)
    return {key: LastWord(rows[p].status, rows[p].note, rows[p].at, now) for key, p in last.items()}


def last_places(judgement: Judgement, rows: list[FileRow], places: list[int]) -> dict[Key, int]:
    """Of each piece of work the row of the latest moment; of one moment the last."""
    last: dict[Key, tuple[datetime, int]] = {}
    for place in places:
        at = judgement.moment(rows[place]) or datetime.max.replace(tzinfo=VIETNAM)
        last[rows[place].key] = max((at, place), last.get(rows[place].key, (at, place)))
    return {key: place for key, (_, place) in last.items()}


def keep_refused(judgement: Judgement, rows: list[FileRow], kept: list[int], refused: list[int], now: datetime) -> None:
    """Remember what the file said last where that was refused; since when, if it was said before, in vain or not."""
    world, sender = judgement.world, judgement.sender
    for key, place in last_places(judgement, rows, [*kept, *refused]).items():
        row, before = rows[place], world.refused.get((sender.who, key))
        if place not in refused:
            world.refused.pop((sender.who, key), None)
            continue
        at = None if judgement.without_times else row.at
        again = before is not None and (before.status, before.note) == (row.status, row.note)
        again = again and (before.at is None or at is None or before.at == at)  # type: ignore[union-attr]
        assignment = world.assignments[key]
        standing = list(judgement.last_words(assignment, of_undone=False))
        lasts = [last for last in judgement.last_words(assignment) if last in standing]
        said = [last.committed_at for last in lasts if row.says(last.status, last.note)]
        since = before.since if again and before else min(said, default=now)
        world.refused[sender.who, key] = RefusedWord(sender.unit, row.status, row.note, at, since)
