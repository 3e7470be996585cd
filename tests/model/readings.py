"""What is read: every answer about progress, at any moment, by either clock."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.model import strategies as some
from tests.model.campaign import CATEGORIES
from tests.model.comparing import compare_all, turning_points
from tests.model.comparing_more import (
    compare_agencies,
    compare_comparison,
    compare_dashboard,
    compare_province,
    compare_silent,
    compare_timeline,
)
from tests.model.model import World
from tests.model.service_handle import ServiceHandle

DATA = st.data()
PROVINCES = ("38", "40", "12", "01", "04")


class Readings(RuleBasedStateMachine):
    """Each rule asks the service, and the model, and compares."""

    service: ServiceHandle
    world: World

    @rule(data=DATA, times=st.integers(1, 4))
    def figures_are_read(self, data: st.DataObject, times: int) -> None:
        for _ in range(times):
            compare_all(self.service, self.world, data.draw(some.clocks(self.service, self.world)))

    @rule(data=DATA, times=st.integers(2, 4))
    def the_past_is_read(self, data: st.DataObject, times: int) -> None:
        """Moments at which something happened, not around them."""
        points = st.sampled_from(turning_points(self.service, self.world))
        for _ in range(times):
            compare_all(self.service, self.world, {"as_of": data.draw(points), "known_at": data.draw(points)})

    @rule(data=DATA, province=st.sampled_from(PROVINCES))
    def a_province_is_read_in_full(self, data: st.DataObject, province: str) -> None:
        for _ in range(2):
            compare_province(self.service, self.world, data.draw(some.clocks(self.service, self.world)), province)

    @rule(data=DATA, category=st.sampled_from([None, *CATEGORIES]), hours=st.integers(0, 30))
    def a_timeline_is_read(self, data: st.DataObject, category: str | None, hours: int) -> None:
        start, clocks = (
            data.draw(some.moments(self.service, self.world)),
            data.draw(some.knowing(self.service, self.world)),
        )
        step = data.draw(st.sampled_from(["hour", "day"]))
        span = start, start + timedelta(hours=hours) * (1 if step == "hour" else 9)
        compare_timeline(self.service, self.world, span, step, category, clocks)

    @rule(data=DATA)
    def two_moments_are_compared(self, data: st.DataObject) -> None:
        start, end = sorted(data.draw(some.moments(self.service, self.world)) for _ in range(2))
        compare_comparison(self.service, self.world, start, end, data.draw(some.knowing(self.service, self.world)))

    @rule(data=DATA)
    def the_silent_are_read(self, data: st.DataObject) -> None:
        compare_silent(self.service, self.world, data.draw(some.clocks(self.service, self.world)))

    @rule(data=DATA)
    def the_dashboard_is_read(self, data: st.DataObject) -> None:
        compare_dashboard(self.service, self.world, data.draw(some.clocks(self.service, self.world)))

    @rule(data=DATA, times=st.integers(1, 3))
    def agencies_are_read(self, data: st.DataObject, times: int) -> None:
        for _ in range(times):
            compare_agencies(self.service, self.world, data.draw(some.clocks(self.service, self.world)))

    @rule()
    def the_present_is_read(self) -> None:
        compare_all(self.service, self.world, {})
        compare_agencies(self.service, self.world, {})
