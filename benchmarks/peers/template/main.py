"""Rows by the ORM, counted in Python, answered through `response_model`; synchronous routes in the thread pool."""

import hashlib
import hmac
import os
import uuid
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Header, HTTPException, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel
from sqlalchemy import Column, DateTime, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, create_engine, select

from benchmarks.peers import figures

CAMPAIGN = "two-tier-2025"
engine = create_engine(
    f"postgresql+psycopg://postgres@/{os.environ['PEER_DATABASE']}?host={os.environ['PEER_SOCKET']}", pool_size=20
)
app = FastAPI()


def when(**more: Any) -> Any:
    return Field(sa_type=DateTime(timezone=True), **more)


class Unit(SQLModel, table=True):
    code: str = Field(primary_key=True)
    level: str
    owner: str
    names: dict[str, str] = Field(sa_column=Column(JSONB))


class Category(SQLModel, table=True):
    code: str = Field(primary_key=True)
    campaign: str
    position: int
    names: dict[str, str] = Field(sa_column=Column(JSONB))


class Task(SQLModel, table=True):
    code: str = Field(primary_key=True)
    category: str = Field(foreign_key="category.code")
    level: str


class Assignment(SQLModel, table=True):
    owner: str = Field(primary_key=True)
    task: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    deadline: datetime | None = when()
    not_applicable: bool
    status: str
    effective_at: datetime | None = when()
    recorded_at: datetime | None = when()
    update_id: uuid.UUID | None
    complete_since: datetime | None = when()


class StatusUpdate(SQLModel, table=True):
    __tablename__ = "status_update"

    owner: str = Field(primary_key=True)
    id: uuid.UUID = Field(primary_key=True, default_factory=uuid.uuid4)
    task: str
    unit: str
    status: str
    effective_at: datetime = when()
    recorded_at: datetime = when()
    note: str | None = None
    evidence: list[str] = Field(sa_column=Column(ARRAY(Text)), default_factory=list)
    token: str


class Token(SQLModel, table=True):
    id: str = Field(primary_key=True)
    secret_hash: bytes
    role: str
    unit: str | None
    revoked_at: datetime | None = when()


class IdempotencyKey(SQLModel, table=True):
    __tablename__ = "idempotency_key"

    owner: str = Field(primary_key=True)
    token: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: bytes
    status: int
    headers: dict[str, str] = Field(sa_column=Column(JSONB))
    body: bytes
    created_at: datetime = when()


class LineOut(BaseModel):
    code: str
    position: int
    name: str
    names: dict[str, str]
    provinces_total: int
    provinces_completed: int
    provinces_verified: int
    provinces_in_progress: int
    provinces_blocked: int
    provinces_not_started: int
    assignments_total: int
    assignments_completed: int
    assignments_verified: int
    completed_on_time: int
    completed_late: int
    overdue_open: int
    completion: float | None
    missing: list[str]
    statement: str


class LightsOut(BaseModel):
    green: int
    yellow: int
    red: int


class ProgressOut(BaseModel):
    campaign: str
    as_of: datetime
    known_at: datetime | None
    provinces_total: int
    provinces_completed: int
    lights: LightsOut
    categories: list[LineOut]


class UpdateIn(BaseModel):
    task: str = Field(max_length=64)
    unit: str = Field(max_length=64)
    status: Literal["not_started", "in_progress", "blocked", "completed"]
    effective_at: datetime | None = None
    note: str | None = Field(default=None, max_length=4000)


class UpdateOut(BaseModel):
    id: uuid.UUID
    task: str
    unit: str
    status: str
    effective_at: datetime
    recorded_at: datetime
    note: str | None
    evidence: list[str]


def get_session():
    with Session(engine) as session:
        yield session


InSession = Annotated[Session, Depends(get_session)]
Bearer = Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]


def get_current(session: InSession, bearer: Bearer) -> Token:
    said = bearer.credentials
    token = session.get(Token, said[4:14])
    if not token or token.revoked_at:
        raise HTTPException(401)
    if not hmac.compare_digest(token.secret_hash, hashlib.sha256(said[14:46].encode()).digest()):
        raise HTTPException(401)
    return token


Current = Annotated[Token, Depends(get_current)]


@app.get("/v1/progress", response_model=ProgressOut)
def progress(session: InSession, _: Current) -> Any:
    now = datetime.now(UTC)
    categories = session.exec(select(Category).where(Category.campaign == CAMPAIGN).order_by(Category.position)).all()
    tasks = {t.code: t.category for t in session.exec(select(Task)) if t.category in {c.code for c in categories}}
    provinces = {unit.code: unit.names["vi"] for unit in session.exec(select(Unit).where(Unit.level == "province"))}
    rows = session.exec(select(Assignment).where(Assignment.task.in_(tasks), ~Assignment.not_applicable)).all()
    cells = figures.count(
        ((tasks[row.task], row.owner, row.status, row.deadline, row.complete_since) for row in rows), now
    )
    return figures.report(CAMPAIGN, categories, provinces, cells, now)


@app.post("/v1/status-updates", status_code=201, response_model=UpdateOut)
def report(
    sent: UpdateIn, session: InSession, token: Current, idempotency_key: Annotated[str | None, Header()] = None
) -> Any:
    unit, task, mine = session.get(Unit, sent.unit), session.get(Task, sent.task), session.get(Unit, token.unit or "")
    if not unit or not task or task.level != unit.level:
        raise HTTPException(422, "there is no such assignment")
    if not mine or mine.owner != unit.owner or mine.code not in (unit.owner, unit.code):
        raise HTTPException(403)
    mark = hashlib.sha256(sent.model_dump_json().encode()).digest()
    if idempotency_key and (kept := session.get(IdempotencyKey, (unit.owner, token.id, idempotency_key))):
        return replayed(kept, mark)
    update = store(session, sent, unit, token)
    if idempotency_key:
        body = UpdateOut.model_validate(update, from_attributes=True).model_dump_json().encode()
        session.add(
            IdempotencyKey(
                owner=unit.owner, token=token.id, key=idempotency_key, fingerprint=mark, status=201,
                headers={"content-type": "application/json"}, body=body, created_at=datetime.now(UTC),
            )
        )
    try:
        session.commit()
    except IntegrityError:
        session.rollback()
        return replayed(session.get(IdempotencyKey, (unit.owner, token.id, idempotency_key)), mark)
    session.refresh(update)
    return update


def replayed(kept: IdempotencyKey, mark: bytes) -> Response:
    if kept.fingerprint != mark:
        raise HTTPException(422, "the key was used for another request")
    return Response(kept.body, kept.status, media_type="application/json")


def store(session: Session, sent: UpdateIn, unit: Unit, token: Token) -> StatusUpdate:
    now = datetime.now(UTC)
    wanted = select(Assignment).where(
        Assignment.owner == unit.owner, Assignment.task == sent.task, Assignment.unit == sent.unit
    )
    assignment = session.exec(wanted.with_for_update()).one()
    update = StatusUpdate(
        owner=unit.owner, task=sent.task, unit=sent.unit, status=sent.status,
        effective_at=min(sent.effective_at or now, now), recorded_at=now, note=sent.note, token=token.id,
    )
    session.add(update)
    if assignment.effective_at is None or assignment.effective_at <= update.effective_at:
        if sent.status != "completed":
            assignment.complete_since = None
        elif assignment.status not in figures.COMPLETE:
            assignment.complete_since = update.effective_at
        assignment.status, assignment.effective_at = update.status, update.effective_at
        assignment.recorded_at, assignment.update_id = now, update.id
        session.add(assignment)
    return update
