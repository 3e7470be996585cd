"""Compares a database with what the migrations make of an empty one: `schema.txt`, which a test keeps true.

python -m app.operations.schema_check URL > app/operations/schema.txt
"""

import asyncio
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from app import migrating
from app.connecting import connect_as_owner
from app.operations.schema_queries import SCHEMA, WHERE

EXPECTED = Path(__file__).parent / "schema.txt"
ALLOWED_BESIDES = frozenset(("table", "index", "function", "type"))
"""What a database may have more: a table of its own for somebody, an index for a report."""


class SchemaObject(NamedTuple):
    """A table, column, constraint, index, policy, grant, function, type, trigger or rule of the database's schema."""

    kind: str
    name: str


REFUSES_ROWS = "CREATE UNIQUE INDEX"

Schema = Mapping[SchemaObject, str]
"""What each object of a schema is."""


def check(url: str) -> list[str]:
    """What a database has otherwise than this release needs it, a line each."""
    if migrating.is_of_a_later_release(at := migrating.current(url)):
        return [f"the schema is at {at}, which this release does not know: look with the release that made it"]
    if at is None:
        return ["there is no schema here, or this login may not see it: `tiendo db roles`, then `tiendo db upgrade`"]
    if at != migrating.head():
        return [f"the schema is at {at}, this release needs {migrating.head()}: run `tiendo db upgrade`"]
    return list(compare(expected(), asyncio.run(read(url))))


async def read(url: str) -> Schema:
    """The schema of a database, as whoever the URL names may see it: everybody may."""
    connection = await connect_as_owner(url)
    try:
        await connection.execute("set search_path = public")  # names are written without their schema
        rows: list[Any] = await connection.fetch(SCHEMA, await connection.fetchval(WHERE))
    finally:
        await connection.close()
    return {SchemaObject(row[0], row[1]): " ".join((row[2] or "").split()) for row in rows}


def expected() -> Schema:
    """The schema that this release needs."""
    lines = (f"{line}\t".split("\t") for line in EXPECTED.read_text().splitlines())
    return {SchemaObject(kind, name): what for kind, name, what, *_ in lines}


def written(schema: Schema) -> str:
    """A schema as a file: a line for each object, in an order that does not change."""
    return "".join(f"{thing.kind}\t{thing.name}\t{schema[thing]}".rstrip() + "\n" for thing in sorted(schema))


def compare(needed: Schema, found: Schema) -> Iterator[str]:
    """The differences; what belongs to a missing table is not named again."""
    tables = {thing.name for thing in needed if thing.kind == "table"}
    lost = {name for name in tables if SchemaObject("table", name) not in found}
    for thing in sorted(needed.keys() - found.keys()):
        if thing.kind == "table" or not _belongs_to(thing, lost):
            yield f"missing: {thing.kind} {thing.name} {needed[thing]}".rstrip()
    for thing in sorted(needed.keys() & found.keys()):
        if needed[thing] != found[thing]:
            yield f"different: {thing.kind} {thing.name}: {found[thing]}, needed: {needed[thing]}"
    for thing in sorted(found.keys() - needed.keys()):
        is_allowed = thing.kind in ALLOWED_BESIDES and not found[thing].startswith(REFUSES_ROWS)
        if not is_allowed and _belongs_to(thing, tables):
            yield f"too much: {thing.kind} {thing.name}"


def _belongs_to(thing: SchemaObject, tables: set[str]) -> bool:
    """Whether it is a part of one of these tables, or a grant on one."""
    name = thing.name.split(" on ")[-1].split(" to ")[0] if thing.kind == "grant" else thing.name
    return name.split(".")[0] in tables or (thing.kind == "grant" and "(" in name)


if __name__ == "__main__":
    sys.stdout.write(written(asyncio.run(read(sys.argv[1]))))
