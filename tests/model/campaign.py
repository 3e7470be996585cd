"""A small campaign of every kind of work, made through the service, and the model of it as it begins."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.model.model import Category, Task, Unit, World
from tests.model.service_handle import ServiceHandle

BEGINNING = datetime(2025, 6, 5, 1, 2, 3, 456789, tzinfo=UTC)
"""When the campaign was made."""
OPENED = datetime(2025, 6, 18, 2, 30, 15, tzinfo=UTC)
"""When every run begins."""
DEADLINE = datetime(2025, 6, 20, 16, 59, 59, tzinfo=UTC)
LATER = datetime(2025, 6, 25, 16, 59, 59, tzinfo=UTC)
CAMPAIGN = "thu-nghiem"

COMMUNES = {
    "38": ("14758", "14797", "16522"),
    "40": ("16681", "16690"),
    "12": ("03388", "03390"),
    "01": ("00004",),
    "04": (),
    "46": (),
    "79": (),
    "92": (),
}
"""The provinces of this small country, and the communes of each."""
AGENCIES = ("viettel", "vnpt", "bkhcn")

CATEGORIES = ("cong-bo", "ha-tang", "trung-uong", "xa-phuong", "de-danh")
"""Work of provinces; of provinces and communes together; of agencies; of communes alone; none at all."""
TASKS = (
    ("dia-chi", "cong-bo", "province", DEADLINE),
    ("thu-tuc", "cong-bo", "province", None),
    ("trung-tam", "ha-tang", "province", LATER),
    ("may-moc", "ha-tang", "commune", DEADLINE),
    ("ho-tro", "trung-uong", "agency", DEADLINE),
    ("can-bo", "xa-phuong", "commune", None),
)
REPORTERS = {"huong": "38", "phong": "38", "minh": "40", "ha": "12", "viettel": "viettel", "thu": "vnpt", "xa": "14758"}
"""Who reports, and the unit that is theirs."""


def found_country(service: ServiceHandle) -> dict[str, str]:
    """Make units and campaign as the admin would; answers the tokens of those who take part."""
    for province, communes in COMMUNES.items():
        make_unit(service, province)
        for commune in communes:
            make_unit(service, commune, province)
    for agency in AGENCIES:
        _make(service, "/v1/agencies", {"code": agency, "kind": "enterprise", "names": _names(agency)})
    day = {"opening": "2025-06-05", "deadline": "2025-06-30", "go_live": "2025-07-01"}
    _make(service, "/v1/campaigns", {"code": CAMPAIGN, "names": _names("Thử nghiệm"), **day})
    for code in CATEGORIES:
        _make(service, "/v1/categories", {"code": code, "campaign": CAMPAIGN, "names": _names(code)})
    for code, category, level, deadline in TASKS:
        make_task(service, code, category, level, deadline)
    units = {**REPORTERS, "lan": None}
    return {name: _token(service, name, unit) for name, unit in units.items()}


def _token(service: ServiceHandle, name: str, unit: str | None) -> str:
    role = "agency" if unit in AGENCIES else "reporter" if unit else "ministry"
    return str(_make(service, "/v1/tokens", {"name": name, "role": role, "unit": unit})["token"])


def make_unit(service: ServiceHandle, code: str, province: str | None = None) -> None:
    level, kind = ("commune", "ward") if province else ("province", "province")
    place = {"province": province} if province else {}
    _make(service, "/v1/units", {"code": code, "level": level, "kind": kind, "names": _names(f"Đất {code}"), **place})


def make_task(service: ServiceHandle, code: str, category: str, level: str, deadline: datetime | None) -> datetime:
    """A new task; answers when it was recorded."""
    until = deadline and deadline.isoformat()
    made = _make(
        service,
        "/v1/tasks",
        {"code": code, "category": category, "level": level, "deadline": until, "names": _names(code)},
    )
    return datetime.fromisoformat(made["created_at"])


def _make(service: ServiceHandle, path: str, thing: dict[str, Any]) -> Any:
    answer = service.ask("an", "POST", path, json=thing)
    assert answer.status_code == 201, answer.text
    return answer.json()


def _names(name: str) -> dict[str, str]:
    return {"vi": name, "en": name, "ja": name}


def world_of(service: ServiceHandle) -> Callable[[], World]:
    """How to make a model of the campaign as the service tells it."""
    units = {code: Unit(code, level, province) for code, level, province in _units(service)}
    categories = [
        Category(item["code"], item["position"]) for item in service.all_of("/v1/categories", campaign=CAMPAIGN)
    ]
    tasks = [item for category in categories for item in service.all_of("/v1/tasks", category=category.code)]

    def world() -> World:
        founded_at = min(datetime.fromisoformat(item["created_at"]) for item in tasks)
        made = World(CAMPAIGN, dict(units), list(categories), founded_at=founded_at)
        for item in tasks:
            task = Task(item["code"], item["category"], item["level"], moment(item["deadline"]))
            made.add_task(task, datetime.fromisoformat(item["created_at"]))
        return made

    return world


def _units(service: ServiceHandle) -> list[tuple[str, str, str | None]]:
    provinces = service.all_of("/v1/provinces")
    communes = [unit for p in provinces for unit in service.all_of(f"/v1/provinces/{p['code']}/communes")]
    top = [*provinces, *service.all_of("/v1/agencies")]
    return [(unit["code"], unit["level"], unit["province"]) for unit in [*top, *communes]]


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
