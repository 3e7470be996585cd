"""A running demo of June 2025 to report on, and the report as one value to write from."""

from datetime import UTC, datetime
from typing import Any

from app.reports.report import LightReason, Line, ProgressReport, Province

MOMENT = "2025-06-27T17:00:00+07:00"


def a_report(name: str = "Đường dây nóng", **more: Any) -> ProgressReport:
    """One line, one province, and `name` wherever a name stands."""
    at = datetime(2025, 6, 27, 10, tzinfo=UTC)
    reason = LightReason("overdue", 1, (name,))
    line = Line(
        1, "hotlines", name, f"{name}.", f"{name}.", 26, 34, 0.7647, 7, 4, 3, 1, 26, 34, 7, 25, 1, 2, (name,), name
    )
    province = Province("38", name, "red", (reason,), "fresh", 10, 11, 1297, 1343, 5, 1, 1, at, 1, ("completed",))
    given: dict[str, Any] = {
        "lang": "vi",
        "title": name,
        "spoken": "17 giờ ngày 27/6/2025",
        "as_of": at,
        "known_at": None,
        "drawn_up": at,
        "notes": (name,),
        "statement": f"Tính đến 17 giờ ngày 27/6/2025, {name}.",
        "provinces_completed": 3,
        "provinces_total": 34,
        "lights": (("green", 1), ("yellow", 2), ("red", 31)),
        "lines": (line,),
        "provinces": (province,),
        "columns": ((1, name),),
    }
    return ProgressReport(**{**given, **more})
