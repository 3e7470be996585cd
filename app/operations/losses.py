"""What a downgrade deletes: rows of dropped tables, values of dropped columns."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.connecting import connect_as_owner
from app.operations.plan import statements

REPORTS = frozenset(
    (
        "status_update",
        "ruling",
        "obstacle",
        "obstacle_event",
        "bulletin",
        "import",
        "import_row",
        "last_row",
        "refused_row",
        "audit_entry",
    )
)
"""Tables whose rows nobody can make again."""
_DROPPED_TABLE = re.compile(r'drop table (?:if exists )?"?(\w+)"?', re.IGNORECASE)
_ALTERED = re.compile(r'alter table "?(\w+)"?', re.IGNORECASE)
_DROPPED_COLUMN = re.compile(r'drop column (?:if exists )?"?(\w+)"?', re.IGNORECASE)


@dataclass(frozen=True)
class Loss:
    """Rows of a table, or values of one of its columns, that a downgrade deletes."""

    table: str
    column: str | None
    count: int

    @property
    def is_of_reports(self) -> bool:
        return self.table in REPORTS

    def __str__(self) -> str:
        return (
            f"{self.table}.{self.column}: {self.count:,} values"
            if self.column
            else f"{self.table}: {self.count:,} rows"
        )


async def losses(url: str, sql: str) -> list[Loss]:
    """What there is now of what the script drops."""
    connection = await connect_as_owner(url)
    try:
        found = [
            Loss(table, column, await connection.fetchval(_counting(table, column))) for table, column in dropped(sql)
        ]
    finally:
        await connection.close()
    return [loss for loss in found if loss.count]


def dropped(sql: str) -> Iterator[tuple[str, str | None]]:
    """The tables that a script drops, and the columns of others."""
    for statement in statements(sql):
        if table := _DROPPED_TABLE.search(statement.sql):
            yield table[1], None
        elif altered := _ALTERED.search(statement.sql):
            yield from ((altered[1], column) for column in _DROPPED_COLUMN.findall(statement.sql))


def _counting(table: str, column: str | None) -> str:
    return f"select count({_quoted(column) if column else '*'}) from {_quoted(table)}"  # noqa: S608 - our migrations'


def _quoted(name: str) -> str:
    return f'"{name}"'
