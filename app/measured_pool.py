"""A pool of database connections that counts those in use, and the requests that wait for one."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import AsyncAdaptedQueuePool, PoolProxiedConnection

from app.metrics import POOL_IN_USE, POOL_WAITING


class MeasuredPool(AsyncAdaptedQueuePool):
    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        name = self.logging_name or "pool"
        self._waiting, in_use = POOL_WAITING.labels(name), POOL_IN_USE.labels(name)
        event.listen(self, "checkout", lambda *_: in_use.inc())
        event.listen(self, "checkin", lambda *_: in_use.dec())

    def connect(self) -> PoolProxiedConnection:
        self._waiting.inc()
        try:
            return super().connect()
        finally:
            self._waiting.dec()
