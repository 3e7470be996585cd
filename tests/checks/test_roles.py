"""Nobody where they don't belong: every route × every role in one table; rows that PostgreSQL keeps apart."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text  # noqa: TID251 - what the database itself refuses
from sqlalchemy.exc import DBAPIError

from app.auth.identity import Identity
from app.db import Database
from app.settings import Settings
from tests.conftest import Service, Template, serving
from tests.openapi.operations import Operation, operations

ROLES = (None, "khach", "minh", "xa", "huong", "viettel", "lan", "an")
"""Nobody, a viewer, another province, a ward of 38, province 38, an agency, the ministry, the admin."""

OPEN = dict.fromkeys(ROLES, "yes")
VIEW = {**OPEN, None: "401"}
REPORT = {**VIEW, "khach": "403"}
OWN = {**REPORT, "minh": "403", "viettel": "403"}
"""What belongs to province 38, asked for by name."""
PROVINCE_ALONE = {**OWN, "xa": "403"}
VERIFY = {role: "yes" if role in ("lan", "an") else "403" for role in ROLES} | {None: "401"}
ADMIN = {**VERIFY, "lan": "403"}
BY_38 = {role: "yes" if role == "huong" else "403" for role in ROLES} | {None: "401"}

TABLE: dict[str, dict[str | None, str]] = {
    "GET /healthz": OPEN,
    "GET /readyz": OPEN,
    "GET /metrics": OPEN,
    "GET /tools/{name}": OPEN,
    "GET /v1/me": VIEW,
    "GET /v1/campaigns": VIEW,
    "GET /v1/campaigns/{code}": VIEW,
    "POST /v1/campaigns": ADMIN,
    "PATCH /v1/campaigns/{code}": ADMIN,
    "GET /v1/provinces": VIEW,
    "GET /v1/provinces/{code}": VIEW,
    "GET /v1/provinces/{code}/communes": VIEW,
    "GET /v1/agencies": VIEW,
    "POST /v1/agencies": ADMIN,
    "PATCH /v1/agencies/{code}": ADMIN,
    "GET /v1/units/{code}": VIEW,
    "POST /v1/units": ADMIN,
    "PATCH /v1/units/{code}": ADMIN,
    "GET /v1/categories": VIEW,
    "GET /v1/categories/{code}": VIEW,
    "POST /v1/categories": ADMIN,
    "PATCH /v1/categories/{code}": ADMIN,
    "GET /v1/tasks": VIEW,
    "GET /v1/tasks/{code}": VIEW,
    "POST /v1/tasks": ADMIN,
    "PATCH /v1/tasks/{code}": ADMIN,
    "GET /v1/assignments": VIEW,
    "PATCH /v1/assignments": {**PROVINCE_ALONE, "lan": "403"},
    "GET /v1/assignments/{task}/{unit}": VIEW,
    "PATCH /v1/assignments/{task}/{unit}": {**PROVINCE_ALONE, "lan": "403"},
    "GET /v1/assignments/{task}/{unit}/rulings": PROVINCE_ALONE,
    "POST /v1/status-updates": BY_38,
    "POST /v1/status-updates/batch": REPORT,
    "GET /v1/status-updates": PROVINCE_ALONE,
    "GET /v1/status-updates/{id}": REPORT,
    "GET /v1/changes": VIEW,
    "GET /v1/inbox": REPORT,
    "GET /v1/progress": VIEW,
    "GET /v1/progress/provinces": VIEW,
    "GET /v1/progress/provinces/{code}": VIEW,
    "GET /v1/progress/matrix": VIEW,
    "GET /v1/progress/silent": VIEW,
    "GET /v1/progress/timeline": VIEW,
    "GET /v1/progress/compare": VIEW,
    "GET /v1/progress/agenda": VIEW,
    "GET /v1/progress/agencies": VIEW,
    "GET /v1/progress/dashboard": VIEW,
    "GET /v1/events": VIEW,
    "GET /v1/bulletins": VIEW,
    "GET /v1/bulletins/{number}": VIEW,
    "POST /v1/bulletins": VERIFY,
    "POST /v1/tokens": ADMIN,
    "GET /v1/tokens": ADMIN,
    "DELETE /v1/tokens/{id}": ADMIN,
    "POST /v1/tokens/batch": ADMIN,
    "POST /v1/tokens/{id}/rotate": ADMIN,
    "GET /v1/audit": VERIFY,
    "POST /v1/obstacles": BY_38,
    "GET /v1/obstacles": {**PROVINCE_ALONE, "viettel": "yes"},
    "GET /v1/obstacles/{id}": REPORT,
    "PATCH /v1/obstacles/{id}": REPORT,
    "GET /v1/obstacles/{id}/history": REPORT,
    "POST /v1/imports": REPORT,
    "GET /v1/imports/template.xlsx": REPORT,
    "GET /v1/imports/{id}": REPORT,
    "GET /v1/imports/{id}/rows": REPORT,
    "POST /v1/imports/{id}/commit": REPORT,
    "GET /v1/imports/{id}/rejected.xlsx": REPORT,
    "GET /v1/imports": REPORT,
    "GET /v1/imports/columns": REPORT,
    "DELETE /v1/imports/columns": REPORT,
    "POST /v1/imports/{id}/preview": REPORT,
    "POST /v1/imports/{id}/undo": REPORT,
}
"""`yes` means let in: what is there or right of what was sent is another question, and 404 or 422 answers it."""

QUERIES = {
    "GET /v1/status-updates": {"province": "38"},
    "GET /v1/obstacles": {"province": "38"},
    "PATCH /v1/assignments": {"unit": "38"},
}
BODIES: dict[str, Any] = {
    "POST /v1/status-updates": {"task": "hotlines", "unit": "38", "status": "in_progress"},
    "POST /v1/status-updates/batch": {"updates": [{"task": "hotlines", "unit": "38", "status": "completed"}]},
    "PATCH /v1/assignments": {"responsible_office": "Văn phòng"},
    "PATCH /v1/assignments/{task}/{unit}": {"responsible_office": "Văn phòng"},
    "POST /v1/obstacles": {
        "unit": "38",
        "group": "systems",
        "title": "Mất mạng",
        "detail": "…",
        "addressed_to": "viettel",
    },
}


def test_every_route_of_the_description_has_a_line_in_the_table() -> None:
    assert {str(operation) for operation in operations()} - set(TABLE) - set(REPORTS) == set()


REPORTS = tuple(str(o) for o in operations() if o.path.startswith("/v1/reports/"))
"""The report in its formats is as open as progress."""


@pytest.mark.parametrize("operation", operations(), ids=str)
async def test_each_role_is_let_in_or_refused_as_the_table_says(operation: Operation, service: Service) -> None:
    expected = VIEW if str(operation) in REPORTS else TABLE[str(operation)]
    endless = operation.path == "/v1/events"  # only who stays outside gets an answer with an end
    roles = [role for role in ROLES if not endless or expected[role] != "yes"]
    found = {role: await outcome(operation, service.client(role)) for role in roles}
    assert found == {role: expected[role] for role in found}


async def outcome(operation: Operation, client: AsyncClient) -> str:
    """Let in or not: 401, 403, or `yes` whatever came of it."""
    body = BODIES.get(str(operation), operation.body)
    query = QUERIES.get(str(operation), {})
    answer = await client.request(operation.method, operation.url(), params=query, json=body)
    assert answer.status_code < 500, answer.text
    if answer.status_code == 422 and {e["code"] for e in answer.json().get("errors", [])} & {"not-your-unit"}:
        return "yes"  # in a batch another's unit is a bad row
    return str(answer.status_code) if answer.status_code in (401, 403) else "yes"


@pytest.fixture
async def reported(service: Service) -> str:
    """The id of a report of province 38."""
    sent = {"task": "hotlines", "unit": "38", "status": "blocked", "note": "mật", "evidence": ["https://a.vn/x"]}
    return str((await service.client("huong").post("/v1/status-updates", json=sent)).json()["id"])


async def test_another_provinces_history_and_notes_stay_closed(reported: str, minh: AsyncClient) -> None:
    assert (await minh.get(f"/v1/status-updates/{reported}")).status_code == 404
    for query in ({"province": "38"}, {"unit": "38"}, {"unit": "14758"}, {"province": "38", "unit": "14758"}):
        assert (await minh.get("/v1/status-updates", params=query)).status_code == 403
    assert (await minh.get("/v1/status-updates")).json()["items"] == []
    for path in ("/v1/changes", "/v1/assignments?unit=38", "/v1/progress/provinces/38"):
        assert "mật" not in (await minh.get(path)).text


async def test_the_viewer_and_the_ward_see_nothing_of_the_provinces_own(
    reported: str, khach: AsyncClient, xa: AsyncClient
) -> None:
    assert (await khach.get(f"/v1/status-updates/{reported}")).status_code == 403
    assert (await xa.get(f"/v1/status-updates/{reported}")).status_code == 404
    assert (await xa.get("/v1/status-updates", params={"unit": "38"})).status_code == 403


async def test_a_batch_row_for_another_is_a_bad_row_and_changes_nothing(service: Service) -> None:
    rows = [{"task": "hotlines", "unit": unit, "status": "completed"} for unit in ("40", "38")]
    answer = await service.client("minh").post("/v1/status-updates/batch?mode=partial", json={"updates": rows})
    assert (answer.json()["stored"], answer.json()["rejected"]) == (1, 1)
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/updates/1/unit", "not-your-unit")]
    untouched = await service.client("huong").get("/v1/assignments/hotlines/38")
    assert untouched.json()["status"] == "not_started"


async def test_row_level_security_holds_when_the_application_forgets_to_look(
    reported: str, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Identity, "owns", lambda *_: True)
    minh = service.client("minh")
    one = await minh.post("/v1/status-updates", json={"task": "hotlines", "unit": "38", "status": "completed"})
    assert one.status_code in (403, 404, 422)
    rows = [{"task": "hotlines", "unit": "38", "status": "completed"}]
    many = await minh.post("/v1/status-updates/batch?mode=partial", json={"updates": rows})
    assert many.status_code in (403, 404, 422) or many.json()["stored"] == 0
    changed = await minh.patch("/v1/assignments/hotlines/38", json={"responsible_person": "Minh"})
    assert changed.status_code in (403, 404, 412, 422)
    assert (await minh.get("/v1/status-updates", params={"province": "38"})).json().get("items", []) == []
    assert (await minh.get(f"/v1/status-updates/{reported}")).status_code == 404
    monkeypatch.undo()
    after = (await service.client("huong").get("/v1/assignments/hotlines/38")).json()
    assert (after["status"], after["responsible_person"]) == ("blocked", None)
    history = await service.client("huong").get("/v1/status-updates")
    assert [item["id"] for item in history.json()["items"]] == [reported]


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    made = Database(database_url, Settings(database_url=database_url))
    yield made
    await made.close()


INSERT = """
insert into status_update (owner, id, task, unit, status, effective_at, recorded_at, evidence, token)
values ('38', uuidv7(), 'hotlines', '38', 'completed', now(), now(), '{}', 'x')
"""
SCOPES = {"40/*": False, "38/14758": False, "": False, "38/*": True, "*": True, "38/38": True}


@pytest.mark.parametrize(("scope", "allowed"), SCOPES.items())
async def test_postgresql_itself_keeps_a_scope_to_its_rows(scope: str, allowed: bool, database: Database) -> None:
    assert await refusal_of(database, INSERT, scope) == (None if allowed else NOT_ALLOWED)


NOT_ALLOWED = "42501"


async def refusal_of(database: Database, statement: str, scope: str = "*") -> str | None:
    """The SQLSTATE that a statement of the service is refused with, or None when it is carried out."""
    try:
        async with database.writing(scope) as session:
            await session.execute(text(statement))
    except DBAPIError as error:
        return str(getattr(error.orig, "sqlstate", ""))
    return None


@pytest.mark.parametrize("scope", ["40/*", "38/14758", ""])
async def test_out_of_scope_nothing_is_seen_or_moved(scope: str, database: Database) -> None:
    move = text("update assignment set status = 'completed' where owner = '38' and unit = '38' returning 1")
    async with database.writing(scope) as session:
        assert (await session.execute(move)).all() == []
        seen = text("select count(*) from assignment where unit = '38'")
        assert (await session.execute(seen)).scalar_one() == 0


async def test_several_scopes_are_the_rows_of_each_and_no_others(database: Database) -> None:
    """As for a transaction that stores the reports of several callers."""
    async with database.reading("") as session:
        await session.execute(text("select set_config('tiendo.scope', '40/* 38/14758', true)"))
        seen = await session.execute(text("select distinct owner, owner = unit as itself, unit from assignment"))
        rows = seen.all()
    assert {row.owner for row in rows} == {"38", "40"}
    assert {row.unit for row in rows if row.owner == "38"} == {"14758"}
    assert "40" in {row.unit for row in rows if row.itself}


@pytest.mark.parametrize("scope", ["40/*'; set role postgres; --", "38/*\n", "*/*", "38'", "38/**/x y"])
async def test_a_scope_that_is_more_than_a_scope_is_refused(scope: str, database: Database) -> None:
    with pytest.raises(ValueError):
        async with database.reading(scope):
            pass


@pytest.mark.parametrize("table", ["status_update", "ruling", "audit_entry", "bulletin"])
async def test_the_history_cannot_be_rewritten_by_the_service(table: str, database: Database) -> None:
    for statement in (f"delete from {table}", f"update {table} set token = 'x'", f"truncate {table}"):
        assert await refusal_of(database, statement) == NOT_ALLOWED


async def test_the_service_owns_nothing(database: Database) -> None:
    for statement in ("drop table token", "alter table assignment disable row level security", "create table x ()"):
        assert await refusal_of(database, statement) == NOT_ALLOWED


PUBLIC = (
    "/v1/progress", "/v1/progress/matrix", "/v1/bulletins", "/v1/campaigns", "/v1/campaigns/two-tier-2025",
    "/v1/categories", "/v1/categories/hotlines", "/v1/provinces", "/v1/provinces/38", "/v1/provinces/38/communes",
    "/v1/agencies",
)  # fmt: skip


async def test_progress_is_open_to_everyone_only_where_the_setting_says_so(
    database_url: str, template: Template
) -> None:
    async with serving(database_url, template.tokens, public_progress=True) as public:
        anyone = public.client()
        for path in PUBLIC:
            assert (await anyone.get(path)).status_code == 200, path
        for path in ("/v1/assignments", "/v1/status-updates", "/v1/tasks", "/v1/me", "/v1/tokens", "/v1/audit"):
            assert (await anyone.get(path)).status_code == 401, path
