"""The agencies with work of their own: the Government Office, five ministries, four enterprises."""

from app.catalogue.seed.shapes import Kind, SeedUnit

_AGENCIES: tuple[tuple[str, Kind, str, str, str], ...] = (
    ("vpcp", "government_office", "Văn phòng Chính phủ", "Government Office", "政府官房"),
    (
        "bkhcn",
        "ministry",
        "Bộ Khoa học và Công nghệ",
        "Ministry of Science and Technology",
        "科学技術省",
    ),
    ("bnv", "ministry", "Bộ Nội vụ", "Ministry of Home Affairs", "内務省"),
    ("bca", "ministry", "Bộ Công an", "Ministry of Public Security", "公安省"),
    ("btc", "ministry", "Bộ Tài chính", "Ministry of Finance", "財政省"),
    ("btp", "ministry", "Bộ Tư pháp", "Ministry of Justice", "司法省"),
    (
        "vnpt",
        "enterprise",
        "Tập đoàn Bưu chính Viễn thông Việt Nam (VNPT)",
        "Vietnam Posts and Telecommunications Group (VNPT)",
        "ベトナム郵政通信グループ（VNPT）",
    ),
    (
        "viettel",
        "enterprise",
        "Tập đoàn Công nghiệp - Viễn thông Quân đội (Viettel)",
        "Viettel Group",
        "軍隊工業通信グループ（ベトテル）",
    ),
    (
        "mobifone",
        "enterprise",
        "Tổng công ty Viễn thông MobiFone",
        "MobiFone Corporation",
        "モビフォン総公社",
    ),
    (
        "vnpost",
        "enterprise",
        "Tổng công ty Bưu điện Việt Nam (VietnamPost)",
        "Vietnam Post Corporation",
        "ベトナム郵便総公社",
    ),
)


def agencies() -> tuple[SeedUnit, ...]:
    return tuple(
        SeedUnit(
            code=code,
            level="agency",
            kind=kind,
            owner=code,
            province=None,
            names={"vi": vi, "en": en, "ja": ja},
            latitude=None,
            longitude=None,
        )
        for code, kind, vi, en, ja in _AGENCIES
    )
