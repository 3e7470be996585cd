"""Where nothing applies every route, page and document answers, and none shows a light."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from httpx import AsyncClient

from tests.conftest import Service
from tests.connecting import run_sql
from tests.openapi.operations import ENDLESS, Operation, operations
from tests.slowly import all_but

MOMENT = "2025-06-27T17:00:00+07:00"
CASES: dict[str, dict[str, str]] = {
    "no categories": {"campaign": "bare", "as_of": MOMENT},
    "no assignments": {"campaign": "empty", "as_of": MOMENT},
    "no assignments, as known then": {"campaign": "empty", "as_of": MOMENT, "known_at": MOMENT},
    "no assignments, in the future": {"campaign": "empty", "as_of": "2028-01-01T00:00:00Z"},
    "nothing that applies": {"campaign": "waived", "as_of": MOMENT},
    "before the opening": {"campaign": "two-tier-2025", "as_of": "2025-05-20T08:00:00+07:00"},
}
"""By what there is: how it is asked for."""
AT_OTHER_TIMES: dict[str, dict[str, str]] = {
    "after the end": {"campaign": "two-tier-2025", "as_of": "2025-12-31T23:00:00+07:00"},
    "in the future": {"campaign": "two-tier-2025", "as_of": "2028-01-01T00:00:00Z"},
}
"""Moments at which something applies, and everything answers, too."""
FIXTURES = """
insert into campaign (code, names, opening, deadline, go_live, version)
select code, '{"vi": "Trống", "en": "Empty", "ja": "空"}', '2025-01-01', '2025-06-30', '2025-07-01', 1
from unnest(array['bare', 'empty', 'waived']) as code;
insert into category (code, campaign, position, names, version, created_at)
select code, code, 1, '{"vi": "Mục", "en": "Line", "ja": "項目"}', 1, '2025-01-01'
from unnest(array['empty', 'waived']) as code;
insert into task (code, category, level, position, names, created_at, version)
values ('waived', 'waived', 'province', 1, '{"vi": "Việc", "en": "Task", "ja": "任務"}', '2025-01-01', 1);
insert into assignment (owner, task, unit, created_at, not_applicable, version)
select owner, 'waived', code, '2025-01-01', true, 1 from unit where level = 'province';
insert into ruling (owner, id, task, unit, recorded_at, not_applicable, token)
select owner, uuidv7(), 'waived', code, '2025-01-02', true, 'x' from unit where level = 'province';
update revision set number = number + 1 where what = 'catalogue';
"""
PARTS = {
    "/v1/provinces/{code}": "38", "/v1/provinces/{code}/communes": "38", "/v1/progress/provinces/{code}": "38",
    "/v1/categories/{code}": "hotlines", "/v1/tasks/{code}": "hotlines", "/v1/campaigns/{code}": "two-tier-2025",
}  # fmt: skip
"""What stands in a path; what is not named here does not exist, and is 404 or 422."""
NEEDED = {"/v1/progress/compare": {"from": MOMENT}}
PAGES = ("/", "/?view=room", "/provinces/38", "/lines/{line}", "/agencies", "/bulletins")


@pytest.fixture
async def reader(service: Service) -> AsyncClient:
    await run_sql(service.url, FIXTURES)
    return service.client("an")


NEEDS_A_CONVERTER = "/v1/reports/progress.pdf"


def gets() -> list[Operation]:
    return [one for one in operations() if one.method == "GET" and one.path not in (*ENDLESS, NEEDS_A_CONVERTER)]


def parts(found: Any) -> Iterator[dict[str, Any]]:
    """Every object in an answer."""
    if isinstance(found, dict):
        yield found
    for one in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        yield from parts(one)


def accepted(operation: Operation, asked: dict[str, str]) -> dict[str, str]:
    """What of the question a route takes."""
    names = {one["name"] for one in operation.described.get("parameters", []) if one["in"] == "query"}
    return {**{name: value for name, value in asked.items() if name in names}, **NEEDED.get(operation.path, {})}


async def answers(reader: AsyncClient, asked: dict[str, str]) -> list[tuple[str, Any]]:
    """What every route answers, of those in JSON."""
    found = []
    for operation in gets():
        path = re.sub(r"\{[^}]+\}", PARTS.get(operation.path, "1"), operation.path)
        answer = await reader.get(path, params=accepted(operation, asked))
        right = (200,) if operation.path in PARTS or "{" not in operation.path else (200, 404, 422)
        assert answer.status_code in right, (path, answer.text)
        if answer.headers["content-type"] == "application/json":
            found.append((path, answer.json()))
    return found


@pytest.mark.parametrize("case", all_but("no assignments", CASES))
async def test_no_answer_shows_a_light_where_nothing_applies(reader: AsyncClient, case: str) -> None:
    lights = [
        (path, part)
        for path, answer in await answers(reader, CASES[case])
        for part in parts(answer)
        if "light" in part or "lights" in part
    ]
    assert {path for path, _ in lights} >= {"/v1/progress", "/v1/progress/provinces", "/v1/progress/agencies"}
    for path, part in lights:
        assert part.get("light") is None, (path, part)
        sums = part.get("lights", {})
        for counts in (sums.get("before"), sums.get("after")) if "before" in sums else (sums,):
            assert set(counts.values()) <= {0} or "from" in part, (path, counts)


@pytest.mark.parametrize("case", all_but("nothing that applies", CASES))
async def test_no_document_says_ready_where_nothing_applies(reader: AsyncClient, case: str) -> None:
    written = {}
    for form in ("docx", "xlsx", "csv", "md"):
        answer = await reader.get(f"/v1/reports/progress.{form}", params={**CASES[case], "lang": "en"})
        assert answer.status_code == 200, answer.text
        written[form] = answer.text
    assert "0 green (ready), 0 yellow (warning), 0 red (late)" in written["md"]
    assert "| Green |" not in written["md"]
    assert "Does not apply" in written["md"]
    assert "No unit has any work at this moment." in written["md"]
    assert "reports regularly" not in written["md"]
    assert re.search(r"^\| – \| Thanh Hoa \|", written["md"], re.MULTILINE)


@pytest.mark.parametrize("case", all_but("before the opening", CASES))
async def test_no_page_shows_a_light_where_nothing_applies(reader: AsyncClient, case: str) -> None:
    asked = CASES[case]
    line = {"two-tier-2025": "hotlines"}.get(asked["campaign"], asked["campaign"])
    for path in PAGES:
        if (line, path) == ("bare", "/lines/{line}"):
            continue
        answer = await reader.get(path.format(line=line), params=asked)
        assert answer.status_code == 200, (path, answer.text)
        assert not re.search(r'data-figure="light-green">[1-9]', answer.text), path
        assert not re.search(r'class="tile (green|yellow|red)', answer.text), path
        assert not re.search(r'<td class="light"[^>]*><svg', answer.text), path


@pytest.mark.parametrize("case", all_but("in the future", AT_OTHER_TIMES))
async def test_every_route_page_and_document_answers_at_other_times(reader: AsyncClient, case: str) -> None:
    asked = AT_OTHER_TIMES[case]
    await answers(reader, asked)
    for path in (*PAGES, *(f"/v1/reports/progress.{form}" for form in ("docx", "xlsx", "csv", "md"))):
        assert (await reader.get(path.format(line="hotlines"), params=asked)).status_code == 200, path
