"""Answers of a service whose `app/conditions.py` says other hours, for tests that change a rule in that one place.

Run as a module, with the database, a token, the hours of "due soon" and of "silent", and the deadline of province 38.
"""

import asyncio
import importlib.util
import json
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import app

TASK, PROVINCE, AGENCY = "hotlines", "38", "viettel"


def edit(due_soon: str, silent: str) -> None:
    """Load the module with other hours, before anything else imports it."""
    path = Path(app.__file__).with_name("conditions.py")
    source = path.read_text()
    for name, hours in (("DUE_SOON = timedelta(hours=48)", due_soon), ("SILENT_AFTER = timedelta(hours=72)", silent)):
        assert source.count(name) == 1
        source = source.replace(name, f"{name.split(' = ')[0]} = timedelta(hours={hours})")
    spec = importlib.util.spec_from_loader("app.conditions", loader=None)
    assert spec
    module = importlib.util.module_from_spec(spec)
    exec(compile(source, str(path), "exec"), module.__dict__)
    sys.modules["app.conditions"] = module
    vars(app)["conditions"] = module


async def answers(url: str, token: str, deadline: datetime) -> dict[str, bool]:
    """By endpoint and moment: whether it finds the work of the province due soon, or the province silent."""
    from app import clock  # noqa: PLC0415 - as below
    from tests.conftest import serving  # noqa: PLC0415 - it imports what was edited

    now = deadline - timedelta(hours=60)
    moments: dict[str, dict[str, str]] = {
        "now": {},
        "projected": {"as_of": (now - timedelta(hours=1)).isoformat()},
        "history": {"as_of": now.isoformat(), "known_at": clock.text(clock.now())},
    }
    at_deadline = {"as_of": deadline.isoformat()}
    later = {"now": at_deadline, "history": {**at_deadline, "known_at": deadline.isoformat()}}
    found = {}
    async with serving(url, {"lan": token}) as service:
        client = service.client("lan")

        async def get(path: str, params: dict[str, str]) -> Any:
            answer = await client.get(path, params={"lang": "en", **params})
            assert answer.status_code == 200, answer.text
            return answer.json() if "json" in answer.headers["content-type"] else answer.text

        for name, at in moments.items():
            found[f"progress {name}"] = (await get("/v1/progress", at))["lights"]["yellow"] == 1
            provinces = (await get("/v1/progress/provinces", at))["items"]
            [item] = [item for item in provinces if item["code"] == PROVINCE]
            found[f"provinces {name}"] = _is_due_soon(item)
            found[f"province {name}"] = _is_due_soon(await get(f"/v1/progress/provinces/{PROVINCE}", at))
            agencies = (await get("/v1/progress/agencies", at))["items"]
            [agency] = [item for item in agencies if item["code"] == AGENCY]
            found[f"agencies {name}"] = agency["light"] == "yellow"
            found[f"report {name}"] = "due within" in await get("/v1/reports/progress.md", at)
        for name, at in later.items():
            page = await get("/v1/progress/silent", {**at, "limit": "1000"})
            while page["next_cursor"]:
                page = await get("/v1/progress/silent", {**at, "limit": "1000", "cursor": page["next_cursor"]})
            found[f"silent {name}"] = page["items"][-1]["reporting"] == "stale"  # those that never reported come first
            item = await get(f"/v1/progress/provinces/{PROVINCE}", at)
            found[f"reporting {name}"] = item["reporting"] == "stale"
        waiting = await get("/v1/inbox", {"province": PROVINCE})
        found["inbox"] = waiting["counts"]["due_soon"] > 0
        found["events"] = await _is_event(service.app.state, now - timedelta(hours=13))
    return found


def _is_due_soon(item: Any) -> bool:
    return [(reason["kind"], len(reason["assignments"])) for reason in item["reasons"]] == [("due_soon", 3)]


async def _is_event(state: Any, since: datetime) -> bool:
    """Whether the clock alone changed a figure since a moment."""
    from app.live.changes import changes_since  # noqa: PLC0415 - it imports what was edited

    those = state.database, state.catalogues, await state.data_versions.version()
    position = (await changes_since(*those, None)).position
    return (await changes_since(*those, replace(position, moment=since))).event is not None


if __name__ == "__main__":
    _, url, token, due_soon, silent, deadline = sys.argv
    edit(due_soon, silent)
    sys.stdout.write(json.dumps(asyncio.run(answers(url, token, datetime.fromisoformat(deadline)))))
