"""How the rows of an import are made ready for the database."""

import random

from app.imports import import_rows
from app.imports.plan import Planned
from app.imports.remarks import Remark
from app.updates.reports import Report


def test_the_cells_of_refused_rows_are_asked_for_in_the_order_of_the_file() -> None:
    """They lie in batches, one of which is decoded at a time: by turns each row would cost a whole batch."""
    planned = [Planned(line, Report("hotlines", "38", None)) for line in range(2, 1002)]
    places = random.Random(1).sample(range(1000), 300)
    asked = list[int]()

    def sent(index: int) -> list[str]:
        asked.append(index)
        return [f"line {index + 2}"]

    refused = {place: (Remark("/status", "missing"),) for place in places}
    columns = import_rows.columns(planned, ["rejected"] * 1000, {}, refused, sent)
    assert asked == sorted(places)
    assert columns["places"] == [place + 1 for place in asked]
    assert columns["sent"][0] == f'["line {asked[0] + 2}"]'
