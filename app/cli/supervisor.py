"""uvicorn's supervisor of worker processes, which learns at once that a worker ended while it was starting."""

import time

from uvicorn.supervisors import Multiprocess


class Supervisor(Multiprocess):
    def init_processes(self) -> None:
        """Start the workers and wait for them: uvicorn waits for the answer of a dead one as long as for a slow one."""
        super().init_processes()
        end = time.monotonic() + self.config.timeout_worker_healthcheck
        for process in self.processes:
            while process.process.is_alive() and not process.is_ready(timeout=0.5):
                time.sleep(0.1)
                self.handle_signals()
                if self.should_exit.is_set() or time.monotonic() > end:
                    return
