"""What one machine holds: questions and reports a second, and the bytes that a report takes; for docs/scaling.md.

python -m benchmarks.capacity [--quick] [--data DIR]
"""

import json
import time
from typing import Any

from benchmarks import data, reports
from benchmarks.load import Rounds, machine, wrk
from benchmarks.options import asked
from benchmarks.stage import BenchmarkDatabase, Served, clone, psql, serving, stage

PRESENT = "/v1/progress"
SIZE = "select pg_database_size(current_database())"
# Another moment each time, so that nothing is kept.
PAST = """
local n = os.time() * 1000
request = function()
  n = n + 7
  local at = os.date("!%Y-%m-%dT%H:%M:%S", 1748736000 + n % 2592000) .. string.format(".%06dZ", n % 1000000)
  return wrk.format("GET", "/v1/progress?as_of=" .. at, {["Authorization"] = "Bearer TOKEN"})
end
"""
LIST = """
local n = 0
request = function()
  n = n + 1
  return wrk.format("GET", "/v1/status-updates?limit=100&unit=UNIT", {["Authorization"] = "Bearer TOKEN"})
end
"""


def main() -> None:
    options = asked(__doc__)
    scale, size = ("provinces", 2_000) if options.quick else ("communes", 100_000)
    with stage(options.data) as server, clone(server, data.ensure(server, scale, size)) as place:
        rows = measured(place, "province" if options.quick else "commune", options)
    for row in [*rows, {"what": "machine", **machine()}]:
        print(json.dumps(row, ensure_ascii=False))


def measured(place: BenchmarkDatabase, level: str, options: Any) -> list[dict[str, object]]:
    reports.targets(place, level)
    unit = psql(place.server, "select unit from status_update limit 1", place.name).strip()
    rounds = Rounds()
    with serving(place, 2, TIENDO_COMPUTED_LIMIT="100000000") as served:
        for _ in range(options.rounds):
            of_one_round(rounds, place, served, unit, options.seconds)
        growth = grown(place, served, options.seconds)
    rows: list[dict[str, object]] = [{"what": name, "rate": rounds.median(name)} for name in rounds.figures]
    return [*rows, {"what": "bytes a report takes in the database", "rate": growth}]


def of_one_round(rounds: Rounds, place: BenchmarkDatabase, served: Served, unit: str, seconds: float) -> None:
    lan = {"Authorization": f"Bearer {place.tokens['lan']}"}
    present = served.address.removesuffix("/") + PRESENT
    rounds.add("the present, from the cache", wrk(present, seconds=seconds, headers=lan).rate)
    for name, script in (("a past moment, computed", PAST), ("a page of the history", LIST)):
        filled = script.replace("TOKEN", place.tokens["lan"]).replace("UNIT", unit)
        rounds.add(name, wrk(served.address, seconds=seconds, script=filled).rate)
    rounds.add("single reports", wrk(served.address, seconds=seconds, script=reports.load(place, seed=1)).rate)


def grown(place: BenchmarkDatabase, served: Served, seconds: float) -> float:
    """Bytes of the database for each report that was stored, its indexes and its part of the projection included."""
    count = "select count(*) from status_update"
    before = [int(psql(place.server, question, place.name)) for question in (SIZE, count)]
    wrk(served.address, seconds=seconds, script=reports.load(place, seed=2))
    time.sleep(min(5.0, seconds))  # the projection follows
    after = [int(psql(place.server, question, place.name)) for question in (SIZE, count)]
    return (after[0] - before[0]) / max(after[1] - before[1], 1)


if __name__ == "__main__":
    main()
