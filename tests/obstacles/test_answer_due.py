"""When an answer is due, what an agency promised, and what of both is past: told to all in figures, else to three."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.obstacles import rules
from app.obstacles.working_days import Holidays, answer_due, is_working_day
from app.progress.figures.days import written_day
from tests.conftest import Service
from tests.connecting import run_sql
from tests.obstacles.test_obstacles import reported
from tests.obstacles.test_waiting import START, Step, hour

OPENED = {"state": "open", "response": "Chưa có tín hiệu"}
HOLIDAYS = Holidays.of(("09-02", "2026-02-17"))
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("since", "due"),
    [
        ("2025-06-23T09:00:00+07:00", "2025-06-26"),  # Monday
        ("2025-06-25T23:59:59+07:00", "2025-06-30"),  # Wednesday
        ("2025-06-27T17:00:00+07:00", "2025-07-02"),  # Friday
        ("2025-06-28T10:00:00+07:00", "2025-07-02"),  # Saturday
        ("2025-06-29T23:30:00+07:00", "2025-07-02"),  # Sunday, still Sunday in UTC
        ("2025-06-29T17:30:00+00:00", "2025-07-03"),  # Monday in Viet Nam
        ("2025-09-01T09:00:00+07:00", "2025-09-05"),  # the second of September lies between
        ("2026-02-13T09:00:00+07:00", "2026-02-19"),  # so does a day of Tết
    ],
)
def test_an_answer_is_due_at_the_end_of_the_third_working_day(since: str, due: str) -> None:
    assert answer_due(datetime.fromisoformat(since), HOLIDAYS) == clock.end_of_day(date.fromisoformat(due))


@given(st.integers(0, 5 * 365 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes)))
def test_three_working_days_lie_between_and_the_last_is_the_due_one(since: datetime) -> None:
    due = clock.in_vietnam(answer_due(since, HOLIDAYS))
    first = clock.in_vietnam(since).date()
    days = [first + timedelta(days=number) for number in range(1, (due.date() - first).days + 1)]
    assert [is_working_day(day, HOLIDAYS) for day in days].count(True) == 3
    assert is_working_day(due.date(), HOLIDAYS)


def test_a_promise_that_was_replaced_in_time_is_not_broken() -> None:
    steps = [
        Step(hour(0), "open"),
        Step(hour(1), "acknowledged", promised_by=hour(4)),
        Step(hour(3), "acknowledged", promised_by=hour(6)),
        Step(hour(9), "acknowledged", promised_by=hour(12)),
    ]
    assert [rules.promises_broken(steps, hour(0), hour(at)) for at in (5, 6, 6.1, 12, 13)] == [0, 0, 1, 1, 2]
    answered = [*steps, Step(hour(11), "resolved", promised_by=hour(12))]
    assert rules.promises_broken(answered, hour(0), hour(99)) == 1


async def test_an_obstacle_says_until_when_it_is_answered(huong: AsyncClient) -> None:
    made = await reported(huong)
    due = answer_due(datetime.fromisoformat(made["reported_at"]), Holidays.of(["01-01", "04-30", "05-01", "09-02"]))
    assert (made["answer_due"], made["answer_overdue"]) == (clock.text(due), False)
    assert (made["promised_by"], made["promises_broken"]) == (None, 0)
    assert made["history"][0]["answer_due"] == made["answer_due"]


async def test_the_agency_promises_and_each_promise_stays_in_the_history(
    huong: AsyncClient, viettel: AsyncClient, lan: AsyncClient
) -> None:
    path = f"/v1/obstacles/{(await reported(huong))['id']}"
    promised = [await viettel.patch(path, json={"promised_by": day}) for day in ("2099-06-01", "2099-06-02")]
    assert [one.json()["promised_by"] for one in promised] == ["2099-06-01T16:59:59Z", "2099-06-02T16:59:59Z"]
    sent = {"state": "acknowledged", "response": "Đang khảo sát"}
    assert (await viettel.patch(path, json=sent)).json()["promised_by"] == "2099-06-02T16:59:59Z"
    taken_back = (await lan.patch(path, json={"promised_by": None})).json()
    assert taken_back["promised_by"] is None
    assert [(one["state"], one["promised_by"] and one["promised_by"][:10]) for one in taken_back["history"]] == [
        ("open", None),
        ("open", "2099-06-01"),
        ("open", "2099-06-02"),
        ("acknowledged", "2099-06-02"),
        ("acknowledged", None),
    ]


async def test_a_reopened_obstacle_is_due_anew_and_nothing_is_promised(
    huong: AsyncClient, viettel: AsyncClient, service: Service
) -> None:
    path = f"/v1/obstacles/{(await reported(huong))['id']}"
    await viettel.patch(path, json={"promised_by": "2099-06-01"})
    await viettel.patch(path, json={"state": "resolved", "response": "Xong"})
    await shift(service, timedelta(days=-30))
    answered = (await huong.get(path)).json()
    assert (answered["answer_overdue"], answered["promised_by"]) == (False, "2099-05-02T16:59:59Z")
    again = (await huong.patch(path, json=OPENED)).json()
    due = answer_due(
        datetime.fromisoformat(again["history"][-1]["at"]), Holidays.of(service.app.state.settings.holidays)
    )
    assert (again["answer_due"], again["promised_by"], again["answer_overdue"]) == (clock.text(due), None, False)


@pytest.mark.parametrize(
    ("name", "first", "then", "status", "where"),
    [
        ("huong", None, {"promised_by": "2099-06-01"}, 403, ("/promised_by", "not-your-role")),
        ("huong", "resolved", {**OPENED, "promised_by": None}, 403, ("/promised_by", "not-your-role")),
        ("minh", None, {"promised_by": "2099-06-01"}, 404, None),
        ("viettel", None, {"promised_by": "2025-06-01"}, 422, ("/promised_by", "in-the-past")),
        ("viettel", None, {"promised_by": "mai"}, 422, ("/promised_by", "malformed-time")),
        ("viettel", None, {"promised_by": None}, 422, ("", "nothing-to-change")),
        ("viettel", None, {"state": "resolved", "promised_by": "2099-06-01"}, 409, None),
        ("viettel", "resolved", {"promised_by": "2099-06-01"}, 409, None),
    ],
)  # fmt: skip
async def test_a_promise_that_is_not_allowed_is_refused(
    service: Service,
    huong: AsyncClient,
    viettel: AsyncClient,
    name: str,
    first: str | None,
    then: dict[str, Any],
    status: int,
    where: tuple[str, str] | None,
) -> None:
    path = f"/v1/obstacles/{(await reported(huong))['id']}"
    if first:
        await viettel.patch(path, json={"state": first})
    before = (await huong.get(path)).json()["history"]
    answer = await service.client(name).patch(path, json=then)
    assert answer.status_code == status, answer.text
    assert [(one["pointer"], one["code"]) for one in answer.json().get("errors", [])] == ([where] if where else [])
    assert (await huong.get(path)).json()["history"] == before


async def shift(service: Service, by: timedelta) -> None:
    """Let all that was said of obstacles have been said at another time."""
    times = ("reported_at", "answer_due", "promised_by")
    moved = f"interval '{by.total_seconds()} seconds'"
    await run_sql(
        service.url,
        f"update obstacle set {', '.join(f'{name} = {name} + {moved}' for name in times)}",
        f"update obstacle_event set at = at + {moved}, answer_due = answer_due + {moved}, "
        f"promised_by = promised_by + {moved}",
    )


async def of_viettel(client: AsyncClient, **asked: str) -> dict[str, Any]:
    items = (await client.get("/v1/progress/agencies", params=asked)).json()["items"]
    return next(item for item in items if item["code"] == "viettel")


async def test_overdue_answers_and_broken_promises_count_for_their_agency_and_turn_its_light(
    service: Service, huong: AsyncClient, viettel: AsyncClient, lan: AsyncClient
) -> None:
    campaign = {"as_of": "2025-06-02T00:00:00Z"}
    assert (await of_viettel(lan, **campaign))["light"] == "green"
    made = await reported(huong)
    await reported(huong, addressed_to="vnpt")
    promised = datetime.fromisoformat(made["reported_at"]) + timedelta(days=1)
    await viettel.patch(f"/v1/obstacles/{made['id']}", json={"promised_by": clock.text(promised)})
    due = datetime.fromisoformat(made["answer_due"])
    before, at, after = [await of_viettel(lan, as_of=clock.text(one)) for one in (promised, due, due + SECOND)]
    facts = ("answers_overdue", "promises_broken", "first_answer_due")
    assert [[one[fact] for fact in facts] for one in (before, at, after)] == [
        [0, 0, clock.text(due)],
        [0, 1, clock.text(due)],
        [1, 1, clock.text(due)],
    ]
    assert after["light"] == "red"
    known_before = await of_viettel(lan, as_of=clock.text(due + SECOND), known_at="2025-06-02T00:00:00Z")
    assert [known_before[fact] for fact in facts] == [0, 0, None]


async def test_what_an_agency_owes_is_of_the_campaign_asked_about(
    huong: AsyncClient, viettel: AsyncClient, lan: AsyncClient, an: AsyncClient
) -> None:
    """By the obstacle's task; without one it is of the campaign that was the current one then."""
    await reported(huong, task="hotlines")
    without_task = await reported(huong, task=None)
    await viettel.patch(f"/v1/obstacles/{without_task['id']}", json={"state": "resolved"})
    times = {"opening": clock.text(clock.now()), "deadline": "2099-06-30", "go_live": "2099-07-01T00:00:00+07:00"}
    made = await an.post("/v1/campaigns", json={"code": "next", "names": {"vi": "Tiếp theo"}, **times})
    assert made.status_code == 201, made.text
    await reported(huong, task=None)
    await reported(huong, task=None, addressed_to="vnpt")
    for campaign, expected in (("two-tier-2025", (1, 1)), ("next", (1, 0))):
        found = await of_viettel(lan, campaign=campaign)
        assert (found["obstacles_open"], found["obstacles_answered"]) == expected, campaign


async def test_an_agency_speaks_at_the_meeting_about_answers_that_are_overdue(
    huong: AsyncClient, viettel: AsyncClient, lan: AsyncClient
) -> None:
    made = await reported(huong)
    soon = clock.text(datetime.fromisoformat(made["reported_at"]) + timedelta(hours=1))
    await viettel.patch(f"/v1/obstacles/{made['id']}", json={"promised_by": soon})
    due = datetime.fromisoformat(made["answer_due"])
    asked = {"as_of": clock.text(due + SECOND), "campaign": "two-tier-2025"}
    day = clock.in_vietnam(due)
    for lang, said in (
        ("vi", f"1 vướng mắc quá hạn trả lời (hạn sớm nhất {written_day('vi', day)}); 1 lần hẹn trả lời"),
        ("en", f"1 answer overdue (the first was due on {day.day} {day:%B} {day.year}); 1 promised date passed"),
        ("ja", f"回答期限超過1件（最も早い期限は{day.year}年{day.month}月{day.day}日）、約束した回答日の超過1件"),
    ):
        items = (await lan.get("/v1/progress/agenda", params={**asked, "lang": lang})).json()["items"]
        item = next(one for one in items if one["code"] == "viettel")
        assert said in item["sentence"], item
        facts = {"answers_overdue": 1, "promises_broken": 1, "first_answer_due": made["answer_due"]}
        assert {"kind": "answers_overdue", **facts} in item["reasons"]


async def test_what_is_overdue_is_found_by_a_filter_and_waits_in_the_inbox_of_both_sides(
    service: Service, huong: AsyncClient, minh: AsyncClient, viettel: AsyncClient, lan: AsyncClient
) -> None:
    late = await reported(huong)
    await viettel.patch(f"/v1/obstacles/{late['id']}", json={"promised_by": "2099-06-01"})
    answered = await reported(huong)
    await viettel.patch(f"/v1/obstacles/{answered['id']}", json={"state": "resolved"})
    await shift(service, timedelta(days=-40))
    await run_sql(service.url, "update obstacle set promised_by = now() - interval '1 day'")
    in_time = await reported(huong)
    for query, expected in (("true", [late["id"]]), ("false", [in_time["id"], answered["id"]])):
        found = (await lan.get(f"/v1/obstacles?answer_overdue={query}")).json()["items"]
        assert [one["id"] for one in found] == expected
    assert (await lan.get("/v1/obstacles?answer_overdue=x")).status_code == 422
    for client, more in ((huong, []), (viettel, ["to_answer"])):
        items = (await client.get("/v1/inbox?reason=answer_overdue")).json()["items"]
        assert [(one["obstacle"], one["reasons"]) for one in items] == [
            (late["id"], ["answer_overdue", "promise_broken", *more])
        ]
        assert (await client.get("/v1/me")).json()["inbox"]["answer_overdue"] == 1
    assert (await minh.get("/v1/inbox")).json()["counts"]["answer_overdue"] == 0


async def test_the_public_reads_counts_agencies_and_dates_and_nothing_that_was_written(
    service: Service, huong: AsyncClient, viettel: AsyncClient, khach: AsyncClient
) -> None:
    made = await reported(huong, title="Tuyến cáp riêng", detail="Chi tiết riêng")
    await viettel.patch(f"/v1/obstacles/{made['id']}", json={"response": "Lời đáp riêng", "promised_by": "2099-06-01"})
    late = {"as_of": clock.text(datetime.fromisoformat(made["answer_due"]) + SECOND)}
    for path in ("agencies", "agenda", "silent", "provinces/38", "dashboard"):
        told = (await khach.get(f"/v1/progress/{path}", params=late)).text
        assert not [one for one in ("riêng", made["id"]) if one in told], path
    report = (await khach.get("/v1/reports/progress.md", params=late)).text
    assert "riêng" not in report
    assert "Viettel" in report
