"""A few hundred spoiled files read, and a few sent the whole way; `scripts/fuzz` goes on for ten minutes."""

from itertools import islice

from tests.conftest import Service
from tests.imports.fuzzing.readers import check, mutations
from tests.imports.fuzzing.service import fuzz


def test_a_spoiled_file_is_read_or_refused_and_no_row_says_what_was_not_meant() -> None:
    for case, body in islice(mutations(seed=38), 300):
        check(case, body)


async def test_files_sent_the_whole_way_come_out_as_what_they_mean(service: Service) -> None:
    tried = 0
    async for _ in fuzz(service, seed=38):
        tried += 1
        if tried == 4:
            break
