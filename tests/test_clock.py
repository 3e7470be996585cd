"""Moments: what pydantic writes of them is what `clock.text` writes."""

from datetime import datetime, timedelta, timezone

import hypothesis.strategies as st
from hypothesis import given
from pydantic import BaseModel

from app import clock
from app.clock import Deadline, Instant

anywhere = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
since = st.timedeltas(timedelta(0), clock.LATEST - clock.EARLIEST - timedelta(microseconds=1))
moments = st.builds(lambda passed, there: (clock.EARLIEST + passed).astimezone(there), since, anywhere)


class Moments(BaseModel):
    at: Instant
    by: Deadline


@given(moments)
def test_a_moment_is_written_in_one_way(at: datetime) -> None:
    written = clock.text(at)
    assert Moments(at=at, by=at).model_dump_json() == f'{{"at":"{written}","by":"{written}"}}'
    assert clock.read(written) == at


def test_a_fraction_only_where_there_is_one() -> None:
    sent = "2025-06-27T17:00:00.120000+07:00"
    assert Moments.model_validate({"at": sent, "by": "2025-06-27"}).model_dump(mode="json") == {
        "at": "2025-06-27T10:00:00.120000Z",
        "by": "2025-06-27T16:59:59Z",
    }
