"""What the ministry decided in June: deadlines moved both ways, and work that does not apply after all."""

from collections.abc import Iterator
from datetime import datetime

from app.catalogue.seed import campaign, communes, provinces, tasks
from app.clock import end_of_day
from app.demo.agencies import COORDINATOR
from app.demo.communes import SHARING, WAITING
from app.demo.hours import june
from app.demo.june27 import is_done
from app.demo.provinces import NEVER_DONE
from app.demo.shapes import DemoRuling, Work

EARLY_HOTLINES = ("01", "31", "38", "48", "79", "92")
EARLY_REPORTING = ("22", "24", "40", "66", "75")
CONNECTED_OTHERWISE = "11948"


def ministry_rulings() -> Iterator[DemoRuling]:
    """In the order in which it was recorded. None of it touches whether a province has completed one of the ten."""
    shared, points = Work("38", SHARING[0], SHARING[1]), Work("40", "access-points", "40")
    coordinator = Work(COORDINATOR, "support-contact", COORDINATOR)
    yield _not_applicable(coordinator, june(5, 9, 12), "Là cơ quan điều phối chung.")
    yield _not_applicable(shared, june(11, 10, 3), "Trụ sở đang sửa chữa, dùng chung với phường bên cạnh.")
    for code in EARLY_HOTLINES:
        yield _moved(
            Work(code, "hotlines", code), june(12, 8, 41), june(25), "Đô thị lớn công khai sớm đường dây nóng."
        )
    yield _moved(points, june(13, 14, 20), june(26), "Địa phương đề nghị làm điểm.")
    for code in EARLY_REPORTING:
        yield _moved(Work(code, "reporting-system", code), june(16, 16, 5), june(26), "Chạy thử trước ngày 27/6.")
    yield _moved(points, june(20, 9, 30), june(30), "Trở lại thời hạn chung.")
    yield _moved(shared, june(20, 15, 26), june(30), "Trụ sở đã sửa xong.")
    yield from _promises()
    yield from _islands()
    for task, code in sorted(NEVER_DONE):
        yield _moved(Work(code, task, code), june(31, 9, 15), june(45), "Gia hạn lần cuối.")


def _promises() -> Iterator[DemoRuling]:
    """What the provinces had open at the meeting, they promised for 29 June; recorded that evening as a deadline."""
    earlier = {("hotlines", code) for code in EARLY_HOTLINES} | {("reporting-system", code) for code in EARLY_REPORTING}
    for province in provinces():
        for task in tasks():
            work = Work(province.code, task.code, province.code)
            is_open = task.level == "province" and not is_done(task.code, province.code)
            if is_open and (task.code, province.code) not in earlier:
                yield _moved(work, june(27, 18, 20), june(29), "Địa phương cam kết hoàn thành trước ngày 29/6.")


def _islands() -> Iterator[DemoRuling]:
    for zone in communes():
        work = Work(zone.owner, "commune-network", zone.code)
        if zone.code == CONNECTED_OTHERWISE:
            yield _not_applicable(work, june(30, 14), "Đã kết nối theo dự án khác.")
        elif zone.code in WAITING:
            yield _moved(work, june(30, 14), june(61), "Đặc khu hải đảo: chờ tuyến cáp biển.")


def _moved(work: Work, at: datetime, day: datetime, reason: str) -> DemoRuling:
    return DemoRuling(work, at, end_of_day(day.date()), not_applicable=False, reason=reason)


def _not_applicable(work: Work, at: datetime, reason: str) -> DemoRuling:
    return DemoRuling(work, at, campaign().deadline, not_applicable=True, reason=reason)
