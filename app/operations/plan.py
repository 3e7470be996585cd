"""What a migration does to a database in use: its statements, whom their locks make wait, what is rewritten. Pure.

The locks are those that PostgreSQL takes on tables that were there before; each is held to the end of its migration.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

EVERYTHING_WAITS = "ACCESS EXCLUSIVE"
WRITES_WAIT = "SHARE ROW EXCLUSIVE"
BUILD = "SHARE"
ALONGSIDE = "SHARE UPDATE EXCLUSIVE"
ROWS = "ROW EXCLUSIVE"
EFFECTS = {
    EVERYTHING_WAITS: "reading and writing wait",
    WRITES_WAIT: "writing waits",
    BUILD: "writing waits until the index is built",
    ALONGSIDE: "nobody waits",
    ROWS: "nobody waits, but for rows that it changes",
}


class Lock(NamedTuple):
    table: str
    mode: str


class Statement(NamedTuple):
    """A statement of a migration; `cost` says what of the table is read or written anew, empty where nothing is."""

    sql: str
    locks: tuple[Lock, ...]
    cost: str


_NAME = r'"?(\w+)"?'
_CREATED = re.compile(rf"create table (?:if not exists )?{_NAME}", re.IGNORECASE)
_REFERENCES = re.compile(rf"references {_NAME}", re.IGNORECASE)
_LOCKING = (
    (re.compile(rf"create (?:unique )?index concurrently .*? on {_NAME}", re.IGNORECASE | re.DOTALL), ALONGSIDE),
    (re.compile(rf"create (?:unique )?index .*? on {_NAME}", re.IGNORECASE | re.DOTALL), BUILD),
    (re.compile(rf"alter table (?:only )?{_NAME} validate constraint", re.IGNORECASE), ALONGSIDE),
    (re.compile(rf"alter table (?:only )?{_NAME} add (?:constraint \w+ )?foreign key", re.IGNORECASE), WRITES_WAIT),
    (re.compile(rf"alter table (?:if exists |only )*{_NAME}", re.IGNORECASE), EVERYTHING_WAITS),
    (re.compile(rf"drop table (?:if exists )?{_NAME}", re.IGNORECASE), EVERYTHING_WAITS),
    (re.compile(rf"truncate (?:table )?{_NAME}", re.IGNORECASE), EVERYTHING_WAITS),
    (re.compile(rf"(?:create|drop|alter) policy \w+ on {_NAME}", re.IGNORECASE), EVERYTHING_WAITS),
    (re.compile(rf"create trigger \w+ .*? on {_NAME}", re.IGNORECASE | re.DOTALL), WRITES_WAIT),
    (re.compile(rf"(?:insert into|update|delete from) {_NAME}", re.IGNORECASE), ROWS),
)
_REWRITES = re.compile(
    r"alter column \S+ (?:set data )?type|set (?:un)?logged|generated always as .* stored"
    r"|add column .* default [^,]*\w\(",
    re.IGNORECASE,
)
_READS = re.compile(r"set not null|add constraint (?!.* not valid)|add check", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"^\s*--.*$", re.MULTILINE)


def statements(sql: str) -> Iterator[Statement]:
    """The statements of a script as Alembic writes it, with what each does to tables that were there before."""
    new: set[str] = set()
    for part in re.split(r";\s*(?:\n\n|\Z)", sql):
        text = part.strip()
        bare = _COMMENT.sub("", text).strip()
        if not bare:
            continue
        if made := _CREATED.match(bare):
            new.add(made[1])
        yield Statement(text, tuple(lock for lock in _locks(bare) if lock.table not in new), _cost(bare, new))


def _locks(sql: str) -> Iterator[Lock]:
    for pattern, mode in _LOCKING:
        if found := pattern.match(sql):
            yield Lock(found[1], mode)
            break
    if re.match(r"(create|alter) table", sql, re.IGNORECASE):
        yield from (Lock(name, WRITES_WAIT) for name in _REFERENCES.findall(sql))


def _cost(sql: str, new: set[str]) -> str:
    found = re.match(rf"alter table (?:only )?{_NAME}", sql, re.IGNORECASE)
    if found is None or found[1] in new:
        return ""
    if _REWRITES.search(sql):
        return f"{found[1]} is written anew, with its indexes"
    return f"{found[1]} is read once" if _READS.search(sql) else ""


def annotated(sql: str) -> str:
    """The script with what each statement does as a comment before it."""
    return "\n\n".join(_annotated(statement) for statement in statements(sql)) + "\n"


def _annotated(statement: Statement) -> str:
    notes = [f"-- {lock.table}: {lock.mode}, {EFFECTS[lock.mode]}" for lock in statement.locks]
    notes += [f"-- {statement.cost}"] if statement.cost else []
    return "\n".join([*notes, f"{statement.sql};"])
