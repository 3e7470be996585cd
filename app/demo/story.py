"""June 2025 as one value: every report and ruling in the order of recording, with ids that are the same every time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import groupby
from random import Random
from types import MappingProxyType
from typing import TypeVar
from uuid import UUID

from app.demo.agencies import agency_reports
from app.demo.communes import commune_reports
from app.demo.hours import june
from app.demo.june27 import COMPLETED, MOMENT, SEED, SILENT_FROM, SILENT_PROVINCE, SILENT_UNTIL
from app.demo.paper import PROPOSALS
from app.demo.provinces import province_reports
from app.demo.rulings import ministry_rulings
from app.demo.shapes import DemoBulletin, DemoReport, DemoRuling, Story
from app.ids import ids_at

FROM_THE_REPORT = (
    "the number of provinces that had completed each of the ten categories at 17:00 on 27 June 2025",
    "that Thanh Hóa (38) had completed everything, as one of few",
    "the provinces' promise of 29 June, the deadline of 30 June and the start on 1 July 2025",
)
MADE_UP = (
    "which other provinces stand behind each figure, and that the few were three: 33, 38 and 46",
    "every single report, with its times, note, paper and link",
    "all figures of any other moment, of the communes and of the agencies; which work was promised for 29 June",
    "the ministry's verdicts, the moved deadlines, the work ruled not applicable, the obstacles",
    "the signer, the addressees, the recipients and the proposals of the document",
)

Recorded = TypeVar("Recorded", DemoReport, DemoRuling)


@cache
def story() -> Story:
    reports = [_after_the_silence(one) for one in (*province_reports(), *commune_reports(), *agency_reports())]
    return Story(updates=_with_ids(reports), rulings=_with_ids(ministry_rulings()))


def bulletin_of_27_june() -> DemoBulletin:
    return DemoBulletin(MOMENT, june(27, 17, 30), "Báo cáo tiến độ đến 17 giờ ngày 27/6/2025", PROPOSALS)


def details() -> dict[str, object]:
    """What stands in the database about where this comes from."""
    return {
        "moment": MOMENT.isoformat(),
        "provinces_completed": dict(COMPLETED),
        "from_the_report": list(FROM_THE_REPORT),
        "made_up": list(MADE_UP),
    }


def _after_the_silence(report: DemoReport) -> DemoReport:
    """What the silent province had to say in those days arrives on the morning after, in the same order."""
    if report.work.owner != SILENT_PROVINCE or not SILENT_FROM <= report.recorded_at < SILENT_UNTIL:
        return report
    waited = (report.recorded_at - SILENT_FROM) / (SILENT_UNTIL - SILENT_FROM)
    return replace(report, recorded_at=SILENT_UNTIL + waited * timedelta(minutes=55))


def _with_ids(those: Iterable[Recorded]) -> Mapping[UUID, Recorded]:
    return MappingProxyType(dict(_numbered(sorted(those, key=_order))))


def _numbered(in_order: list[Recorded]) -> Iterator[tuple[UUID, Recorded]]:
    rng = Random(f"{SEED}:ids")  # noqa: S311 - a story, not a secret
    for recorded_at, together in groupby(in_order, key=lambda one: one.recorded_at):
        yield from zip(ids_at(recorded_at, rng.getrandbits), together, strict=False)


def _order(one: DemoReport | DemoRuling) -> tuple[object, ...]:
    work = one.work
    effective_at = one.effective_at if isinstance(one, DemoReport) else one.recorded_at
    return one.recorded_at, effective_at, work.owner, work.task, work.unit
