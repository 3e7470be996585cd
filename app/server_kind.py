"""Refuses a database of which the tables are spread over several servers: answers would not be exact there."""

from typing import Any

from app.database_errors import DistributedTables

_HAS_CITUS = "select exists (select from pg_extension where extname = 'citus')"
# Asked only where the extension is: what it has distributed. Reference tables are whole on every server.
_DISTRIBUTED = "select count(*) from pg_dist_partition where partmethod <> 'n'"


async def refuse_distributed_tables(connection: Any) -> None:
    """Raise `DistributedTables` where Citus has spread tables over servers that each have transactions of their own.

    A cached answer is compared by one server's snapshot, and the change feed is in the order of its transactions. With
    the extension alone, and whole tables, it is a PostgreSQL like any other.
    """
    if await connection.fetchval(_HAS_CITUS) and (spread := await connection.fetchval(_DISTRIBUTED)):
        raise DistributedTables(spread)
