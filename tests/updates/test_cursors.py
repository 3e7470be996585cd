"""Places in the change feed: what a snapshot sees, and the text that a client keeps."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.updates.cursors import (
    MAX_OPEN,
    NOTHING,
    BrokenCursor,
    FeedPosition,
    Snapshot,
    from_text,
    snapshot_from,
    to_text,
)

LIFE = bytes(range(16))


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    until = draw(st.integers(1, 2**40))
    still_open = draw(st.sets(st.integers(1, max(1, until - 1)), max_size=20)) if until > 1 else set()
    return Snapshot(until, tuple(sorted(still_open)))


@given(snapshots(), st.integers(0, 2**40), st.uuids())
def test_a_place_survives_its_text(seen: Snapshot, transaction: int, last: UUID) -> None:
    reading = Snapshot(seen.until + 5, seen.still_open)
    moment = datetime(2025, 6, 27, 10, 0, 0, 123456, tzinfo=UTC)
    for place in (
        FeedPosition(LIFE, seen),
        FeedPosition(LIFE, seen, reading, (transaction, last)),
        FeedPosition(LIFE, seen, moment=moment, catalogue=3),
    ):
        assert from_text(to_text(place)) == place


@given(st.text(max_size=300))
def test_a_made_up_cursor_is_broken_and_nothing_worse(text: str) -> None:
    with pytest.raises(BrokenCursor):
        from_text(text)


@given(snapshots(), st.data())
def test_a_cursor_altered_in_one_byte_is_broken_or_still_a_place(seen: Snapshot, data: st.DataObject) -> None:
    text = to_text(FeedPosition(LIFE, seen, Snapshot(seen.until + 1, seen.still_open), (1, UUID(int=1))))
    at = data.draw(st.integers(0, len(text) - 1))
    altered = text[:at] + data.draw(st.sampled_from("AZaz09-_")) + text[at + 1 :]
    try:
        place = from_text(altered)
    except BrokenCursor:
        return
    assert place.reading is not None
    assert place.reading.reaches(place.seen)


def test_a_snapshot_is_read_from_postgresql() -> None:
    snapshot = snapshot_from("10:20:10,14")
    assert [number for number in range(8, 22) if snapshot.sees(number)] == [8, 9, 11, 12, 13, 15, 16, 17, 18, 19]
    assert snapshot_from("20:20:").appeared_since(snapshot) == [10, 14]


def test_with_too_many_open_transactions_less_is_seen_and_the_cursor_stays_short() -> None:
    still_open = range(1_000_000, 1_000_000 + 20 * MAX_OPEN, 10)
    snapshot = snapshot_from(f"{still_open[0]}:2000000:{','.join(map(str, still_open))}")
    assert snapshot.until == still_open[MAX_OPEN]
    assert not any(snapshot.sees(number) for number in still_open)
    assert len(to_text(FeedPosition(LIFE, snapshot, snapshot, (1, UUID(int=1))))) < 2000


@given(st.sets(st.integers(1, 5000), max_size=700), st.sets(st.integers(1, 5000), max_size=700))
def test_a_later_snapshot_reaches_an_earlier_one_however_many_are_open(once: set[int], finished: set[int]) -> None:
    earlier = snapshot_from(f"1:5001:{','.join(map(str, sorted(once)))}")
    later = snapshot_from(f"1:6000:{','.join(map(str, sorted(once - finished | {5500})))}")
    assert later.reaches(earlier)
    assert earlier.reaches(NOTHING)
