"""A pool of database connections that counts those in use, and the requests that wait for one."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry, PoolProxiedConnection

from app.metrics import POOL_IN_USE, POOL_WAITING


class MeasuredPool(AsyncAdaptedQueuePool):
    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        name = self.logging_name or "pool"
        self._waiting, in_use = POOL_WAITING.labels(name), POOL_IN_USE.labels(name)
        out: set[ConnectionPoolEntry] = set()

        def went_out(_: object, record: ConnectionPoolEntry, __: object) -> None:
            out.add(record)
            in_use.inc()

        def came_back(_: object, record: ConnectionPoolEntry) -> None:
            if record in out:  # one that could not be made comes back and never went out
                out.remove(record)
                in_use.dec()

        event.listen(self, "checkout", went_out)
        event.listen(self, "checkin", came_back)

    def connect(self) -> PoolProxiedConnection:
        self._waiting.inc()
        try:
            return super().connect()
        finally:
            self._waiting.dec()
