"""Every figure of every progress answer, against the plain model, in runs of events that nobody thought of.

`scripts/test` makes a few short runs, the same every time. `scripts/model` makes new ones for ten minutes.
"""

import os
import time
from functools import partial

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.conftest import Company
from tests.model.machine import Rollout

MINUTES = float(os.environ.get("TIENDO_MODEL_MINUTES", "0"))  # noqa: TID251 - a setting of the tests, not of the service

QUICK = settings(
    max_examples=8,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
    report_multiple_bugs=False,
)
"""Without shrinking, which takes minutes: the first run of events that goes wrong is shown as it was."""

LONG = settings(
    QUICK,
    max_examples=20,
    stateful_step_count=50,
    derandomize=False,
    print_blob=True,
    phases=[Phase.generate, Phase.shrink],
)


def test_the_service_agrees_with_the_model_at_every_moment(company: Company) -> None:
    if not MINUTES:
        run_state_machine_as_test(partial(Rollout, company), settings=QUICK)  # type: ignore[arg-type]
    ends = time.monotonic() + MINUTES * 60
    while time.monotonic() < ends:
        run_state_machine_as_test(partial(Rollout, company), settings=LONG)  # type: ignore[arg-type]
