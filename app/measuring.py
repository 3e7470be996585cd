"""The metrics that come from the database: lags, each province's last report, tokens and which of them end soon."""

import math

from sqlalchemy import text  # noqa: TID251 - questions to the database about itself

from app import settled
from app.auth import queries as auth_queries
from app.db import Database, ReadSession, rows
from app.metrics import LAST_REPORT_AGE, MEASURED_AT, PROJECTION_LAG, REPLICA_LAG, SETTLED_LAG, TOKENS, TOKENS_ENDING
from app.progress.past import transitions

_LAST_REPORTS = text("""
select unit.code, extract(epoch from clock_timestamp() - max(last_recorded_at))::float8 as age
from unit left join last_report on last_report.owner = unit.code
where unit.level = 'province'
group by unit.code
""")
_NOW = text("select extract(epoch from clock_timestamp())::float8")


async def measure(database: Database) -> None:
    if database.replica:
        REPLICA_LAG.set(await database.replica.lag())
    async with database.reading() as session:
        SETTLED_LAG.set(await settled.lag(session))
        PROJECTION_LAG.set(await transitions.lag(session))
        for province in await rows(session, _LAST_REPORTS):
            LAST_REPORT_AGE.labels(province.code).set(math.inf if province.age is None else max(province.age, 0.0))
        await _count_tokens(session)
        MEASURED_AT.set(await session.scalar(_NOW) or 0.0)


async def _count_tokens(session: ReadSession) -> None:
    for row in await rows(session, auth_queries.VALID_TOKENS):
        TOKENS.labels(row.role).set(row.valid)
    [ending] = await rows(session, auth_queries.TOKENS_ENDING)
    for days, number in ending._mapping.items():  # noqa: SLF001 - the public way to a row's names
        TOKENS_ENDING.labels(days).set(number)
