"""A few hundred spoiled files; `scripts/fuzz` goes on for ten minutes."""

from itertools import islice

from tests.imports.corpus.fuzz import check, mutations


def test_a_spoiled_file_is_read_or_refused_and_no_row_says_what_was_not_meant() -> None:
    for case, body in islice(mutations(seed=38), 300):
        check(case, body)
