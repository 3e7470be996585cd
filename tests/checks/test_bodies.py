"""Bodies: who sends one is known before it is read, and what is built of it is bounded before it is built."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from httpx import AsyncClient

from app.auth.fair_share import FairShare
from app.auth.large_bodies import LARGE, SLOTS, SLOTS_OF_ONE, LargeBodies
from app.errors import InvalidInput, TooManyRequests, Unavailable
from app.json_input import MAX_DEPTH, MAX_NAMED, MAX_VALUES, refuse_excess, strict_json
from app.middleware import MAX_UNAUTHENTICATED, BodiesHeld
from app.settings import Settings
from tests.checks.problems import codes, refused
from tests.conftest import Service, Template, serving

UPDATES = "/v1/status-updates"
REPORT = {"task": "hotlines", "unit": "38", "status": "completed"}
JSON = {"Content-Type": "application/json"}


class Sent:
    """A body in pieces that knows how much of it was taken."""

    def __init__(self, pieces: int, piece: bytes = b"[" * 65_536) -> None:
        self.pieces, self.piece, self.taken = pieces, piece, 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(self.pieces):
            self.taken += len(self.piece)
            yield self.piece


@pytest.mark.parametrize("path", [UPDATES, f"{UPDATES}/batch", "/v1/obstacles", "/v1/tokens", "/v1/imports"])
async def test_nothing_of_a_body_is_read_without_a_token(path: str, service: Service) -> None:
    service.patch.setattr("app.auth.api_route.strict_json", _never)
    for client in (service.client(), service.client(Authorization="Bearer tdo_wrong")):
        body = Sent(100)
        refused(await client.post(path, content=body.__aiter__(), headers=JSON), 401)
        assert body.taken <= len(body.piece)


def _never(_: bytes) -> Any:
    raise AssertionError("it was parsed")


async def test_nothing_of_a_body_is_parsed_for_a_role_that_may_not(service: Service) -> None:
    service.patch.setattr("app.auth.api_route.strict_json", _never)
    khach, huong = service.client("khach"), service.client("huong")
    for client, method, path in (
        (khach, "POST", UPDATES),
        (khach, "POST", f"{UPDATES}/batch"),
        (huong, "POST", "/v1/campaigns"),
        (huong, "PATCH", "/v1/tasks/hotlines"),
    ):
        problem = refused(await client.request(method, path, content=b"[" * 100_000, headers=JSON), 403)
        assert problem["type"] == "/problems#not-your-role"


async def test_the_form_to_sign_in_is_small(service: Service) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    body = Sent(100, b"token=" + b"x" * 65_536)
    answer = await service.client().post("/sign-in", content=body.__aiter__(), headers=headers)
    assert answer.status_code == 413
    assert body.taken <= 2 * len(body.piece)
    assert body.taken > MAX_UNAUTHENTICATED


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


@pytest.mark.parametrize(
    "deep",
    [
        nested(MAX_DEPTH + 1),
        b'{"a":' * 33 + b"1" + b"}" * 33,
        b"[" * 30_000_000,
        b'["' + b"]" * 100_000 + b'", ' + nested(MAX_DEPTH) + b"]",
        b'["' + b"]" * (64 * 1024 - 3) + b'", ' + nested(MAX_DEPTH) + b"]",
    ],
    ids=["arrays", "objects", "millions", "behind a long text", "behind a text that ends with a piece"],
)
def test_what_stands_too_deep_is_refused_before_it_is_decoded(deep: bytes) -> None:
    assert _refusal(deep) in {"too-deep", "too-many-values"}


@pytest.mark.parametrize(
    "large",
    [
        b"[" + b"1," * MAX_VALUES + b"1]",
        b"[" + b"{}," * MAX_VALUES + b"{}]",
        b'["' + b'","' * 5_000_000 + b'"]',
        b'{"a":' + b"[" * 100 + b'"' + b'\\"' * 1_000_000 + b'"' + b"]" * 100 + b"," * MAX_VALUES + b"}",
    ],
    ids=["numbers", "objects", "texts", "escapes"],
)
def test_too_many_values_are_refused_before_they_are_decoded(large: bytes) -> None:
    assert _refusal(large) == "too-many-values"


def _refusal(body: bytes) -> str:
    with pytest.raises(InvalidInput) as caught:
        refuse_excess(body)
    return caught.value.errors[0].code


@pytest.mark.parametrize(
    "fine",
    [
        nested(MAX_DEPTH),
        b"[" + b"1," * (MAX_VALUES - 2) + b"1]",
        json.dumps({"note": "[[[{{{" * 1000 + '\\"' + "[" * 100 + "," * 300_000}).encode(),
        json.dumps([{"a": ["x,\\", '"{[']}] * 1000).encode(),
    ],
    ids=["deep", "many", "brackets in a text", "quotes in a text"],
)
def test_what_stands_inside_strings_is_not_counted(fine: bytes) -> None:
    assert strict_json(fine) == json.loads(fine)


async def test_unknown_fields_are_counted_and_a_hundred_named(an: AsyncClient) -> None:
    body = {"code": "x", **{f"field{number}": 1 for number in range(900)}}
    for path in ("/v1/campaigns", UPDATES):
        answer = await an.post(path, json=body, params={"lang": "en"})
        refused(answer, 422)
        complaints = answer.json()["errors"]
        unknown = [one for one in complaints if one["code"] == "unknown-field"]
        assert len(unknown) == MAX_NAMED
        more = [one["detail"] for one in complaints if one["code"] == "more-complaints"]
        assert more in (["800 more fields are unknown"], ["801 more fields are unknown"])


async def test_millions_of_unknown_fields_are_a_short_refusal(huong: AsyncClient) -> None:
    body = b'{"a0":0' + b"".join(b',"f%d":1' % number for number in range(2_400_000)) + b"}"
    began = time.process_time()
    answer = await huong.post(UPDATES, content=body, headers=JSON)
    refused(answer, 422)
    assert codes(answer) == {"": "too-many-values"}
    assert time.process_time() - began < 5


async def test_an_object_of_thousands_of_members_is_refused_at_its_place(huong: AsyncClient) -> None:
    wide = {f"f{number}": 1 for number in range(5_000)}
    answer = await huong.post(UPDATES, json={**REPORT, "document": wide})
    assert (answer.status_code, codes(answer)) == (422, {"/document": "too-many-members"})


async def test_a_long_name_of_a_field_is_not_sent_back_whole(huong: AsyncClient) -> None:
    answer = await huong.post(UPDATES, json={**REPORT, "x" * 1_000_000: 1})
    refused(answer, 422)
    assert len(answer.content) < 2_000


def test_one_token_cannot_hold_what_all_may() -> None:
    held = BodiesHeld(most=100, most_of_one=60)
    held.add("huong", 60)
    with pytest.raises(TooManyRequests):
        held.add("huong", 1)
    held.add("minh", 39)
    with pytest.raises(Unavailable):
        held.add("minh", 1)
    for owner, size in (("huong", 61), ("minh", 40)):
        held.subtract(owner, size)
    held.add("huong", 60)


async def test_large_bodies_are_worked_on_by_turns() -> None:
    """One token has one slot, the others theirs; small ones wait for nobody."""
    bodies = LargeBodies(Settings(database_url="postgresql:///x"))
    most = at_work = 0
    over = asyncio.Event()

    async def works(name: str, size: int = LARGE) -> None:
        nonlocal most, at_work
        async with bodies.admitted(name, size):
            at_work += 1
            most = max(most, at_work)
            await over.wait()
            at_work -= 1

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        for _ in range(20):
            tasks.create_task(works("huong"))
        await asyncio.sleep(0.01)
        assert at_work == SLOTS_OF_ONE
        for name in ("minh", "xa", "viettel"):
            tasks.create_task(works(name))
        await asyncio.sleep(0.01)
        assert at_work == SLOTS
        tasks.create_task(works("lan", LARGE - 1))
        await asyncio.sleep(0.01)
        assert at_work == SLOTS + 1
        over.set()
    assert (at_work, most) == (0, SLOTS + 1)


async def test_of_one_callers_requests_a_few_are_worked_on_and_the_others_wait(service: Service) -> None:
    """Whoever sends a hundred takes no connection from anybody else, and an address without a token is a caller too."""
    service.exchange("fair_share", FairShare(Settings(database_url="postgresql:///x", pool_size=4)))
    state, at_work, most = service.app.state, Counter[str](), Counter[str]()
    answering = state.database.answering

    @asynccontextmanager
    async def watched(scope: str = "*") -> AsyncIterator[Any]:
        at_work[scope] += 1
        most[scope] = max(most[scope], at_work[scope])
        async with answering(scope) as session:
            yield session
            await asyncio.sleep(0.01)
        at_work[scope] -= 1

    service.patch.setattr(state.database, "answering", watched)
    huong, minh = service.client("huong"), service.client("minh")
    asked = [client.get("/v1/status-updates") for client in (*[huong] * 20, *[minh] * 3)]
    assert {answer.status_code for answer in await asyncio.gather(*asked)} == {200}
    assert most == {"38/*": 2, "40/*": 2}


async def test_of_one_callers_requests_no_more_wait_than_there_is_room_for(service: Service) -> None:
    """Those whose clients have gone wait too: thousands of them would fill the memory before they are given up."""
    service.exchange("fair_share", FairShare(Settings(database_url="postgresql:///x", pool_size=4)))
    service.patch.setattr("app.auth.fair_share.MOST_WAITING", 3)
    huong, minh = service.client("huong"), service.client("minh")
    asked = [client.get("/v1/status-updates") for client in (*[huong] * 20, *[minh] * 3)]
    answers = [answer.status_code for answer in await asyncio.gather(*asked)]
    assert (set(answers[:20]), answers[20:]) == ({200, 429}, [200] * 3)


async def test_nothing_is_kept_of_those_whose_large_bodies_were_worked_on() -> None:
    bodies = LargeBodies(Settings(database_url="postgresql:///x"))
    for number in range(50):
        async with bodies.admitted(f"token {number}", LARGE):
            pass
    assert bodies.tokens == 0


async def test_a_large_body_that_is_not_worked_on_in_time_is_503(service: Service) -> None:
    large = {"updates": [{**REPORT, "note": "x" * 3_000}] * 100}
    service.patch.setattr("app.auth.large_bodies.SLOTS", 0)
    impatient = service.app.state.settings.model_copy(update={"statement_timeout": 0.05})
    service.exchange("large_bodies", LargeBodies(impatient))
    refused(await service.client("huong").post(f"{UPDATES}/batch", json=large), 503)
    assert (await service.client("huong").post(f"{UPDATES}/batch", json={"updates": [REPORT]})).status_code == 200


async def test_what_is_held_is_free_again_after_the_answer(database_url: str, template: Template) -> None:
    limits = {"max_bodies_held": 300_000, "max_bodies_held_by_one": 150_000}
    async with serving(database_url, template.tokens, **limits) as service:
        huong = service.client("huong")
        body = json.dumps({"updates": [REPORT], "more": "x" * 100_000}).encode()
        for _ in range(5):
            refused(await huong.post(f"{UPDATES}/batch", content=body, headers=JSON), 422)
        refused(await huong.post(f"{UPDATES}/batch", content=body * 2, headers=JSON), 429)
        refused(await huong.post(f"{UPDATES}/batch", content=body, headers=JSON), 422)
