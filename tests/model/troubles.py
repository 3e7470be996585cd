"""Obstacles in every order of events: asked, answered, opened again, by those who may and those who may not."""

from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.model import strategies as some
from tests.model.asking import Reply, Request, ask_for_help, change_obstacle, is_theirs
from tests.model.campaign import REPORTERS
from tests.model.comparing_more import compare_agencies, compare_province
from tests.model.readings import Readings

DATA = st.data()
BLINK = timedelta(milliseconds=1)
LATER_ON = st.sampled_from([BLINK, timedelta(hours=3), timedelta(days=1, minutes=5)])
ANYONE = st.sampled_from([*sorted(REPORTERS), "lan"])


class Troubles(Readings):
    """What goes wrong, and who helps."""

    @rule(data=DATA, times=st.integers(2, 4))
    def units_ask_for_help(self, data: st.DataObject, times: int) -> None:
        for _ in range(times):
            self.service.wait(BLINK)
            request = data.draw(some.requests(self.world))
            ask_for_help(self.service, self.world, data.draw(st.sampled_from(self.speakers(request))), request)

    @rule(data=DATA, who=ANYONE)
    def someone_asks_for_help_for_what_may_not_be_theirs(self, data: st.DataObject, who: str) -> None:
        self.service.wait(BLINK)
        ask_for_help(self.service, self.world, who, data.draw(some.requests(self.world)))

    @precondition(lambda self: self.world.obstacles)
    @rule(data=DATA, times=st.integers(2, 6))
    def agencies_and_units_answer_each_other(self, data: st.DataObject, times: int) -> None:
        for _ in range(times):
            self.service.wait(data.draw(LATER_ON))
            obstacle = data.draw(st.sampled_from(list(self.world.obstacles)))
            who = data.draw(st.sampled_from(self.parties(obstacle)))
            change_obstacle(self.service, self.world, who, obstacle, data.draw(some.REPLIES))
        self.who_waits_is_read(data)

    def who_waits_is_read(self, data: st.DataObject) -> None:
        """Around the moments at which waiting began and ended, as known then and since."""
        for _ in range(2):
            clocks = data.draw(some.waiting_clocks(self.world))
            compare_agencies(self.service, self.world, clocks)
            owner = data.draw(st.sampled_from([obstacle.owner for obstacle in self.world.obstacles.values()]))
            if owner in self.world.provinces:
                compare_province(self.service, self.world, clocks, owner)

    @precondition(lambda self: self.world.obstacles)
    @rule(data=DATA, reply=some.REPLIES, who=ANYONE)
    def someone_answers_what_may_not_be_theirs(self, data: st.DataObject, reply: Reply, who: str) -> None:
        self.service.wait(BLINK)
        change_obstacle(self.service, self.world, who, data.draw(st.sampled_from(list(self.world.obstacles))), reply)

    def speakers(self, request: Request) -> list[str]:
        return [who for who in sorted(REPORTERS) if is_theirs(self.world, who, request.unit)]

    def parties(self, obstacle: UUID) -> list[str]:
        """Those who may say something about it: the ministry, the agency addressed, the unit."""
        about = self.world.obstacles[obstacle]
        own = [who for who in sorted(REPORTERS) if is_theirs(self.world, who, about.unit)]
        return ["lan", *(who for who, unit in REPORTERS.items() if unit == about.addressed_to), *own]
