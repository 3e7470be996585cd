"""The 34 provinces and centrally-run cities since 1 July 2025, in three languages."""

from functools import cache

from app.catalogue.seed.shapes import Kind, SeedUnit
from app.catalogue.seed.unit_data import UnitRow, in_force, units
from app.catalogue.seed.work import campaign

ALIASES = (
    ("HCM", "79"),
    ("TPHCM", "79"),
    ("Đắc Lắc", "66"),
)
"""Short forms and other spellings of today's provinces."""

_KINDS: dict[str, Kind] = {"province": "province", "municipality": "municipality"}

_NAMES = {
    "01": ("Hà Nội", "Hanoi", "ハノイ市"),
    "04": ("Cao Bằng", "Cao Bang", "カオバン省"),
    "08": ("Tuyên Quang", "Tuyen Quang", "トゥエンクアン省"),
    "11": ("Điện Biên", "Dien Bien", "ディエンビエン省"),
    "12": ("Lai Châu", "Lai Chau", "ライチャウ省"),
    "14": ("Sơn La", "Son La", "ソンラ省"),
    "15": ("Lào Cai", "Lao Cai", "ラオカイ省"),
    "19": ("Thái Nguyên", "Thai Nguyen", "タイグエン省"),
    "20": ("Lạng Sơn", "Lang Son", "ランソン省"),
    "22": ("Quảng Ninh", "Quang Ninh", "クアンニン省"),
    "24": ("Bắc Ninh", "Bac Ninh", "バクニン省"),
    "25": ("Phú Thọ", "Phu Tho", "フート省"),
    "31": ("Hải Phòng", "Hai Phong", "ハイフォン市"),
    "33": ("Hưng Yên", "Hung Yen", "フンイエン省"),
    "37": ("Ninh Bình", "Ninh Binh", "ニンビン省"),
    "38": ("Thanh Hóa", "Thanh Hoa", "タインホア省"),
    "40": ("Nghệ An", "Nghe An", "ゲアン省"),
    "42": ("Hà Tĩnh", "Ha Tinh", "ハティン省"),
    "44": ("Quảng Trị", "Quang Tri", "クアンチ省"),
    "46": ("Huế", "Hue", "フエ市"),
    "48": ("Đà Nẵng", "Da Nang", "ダナン市"),
    "51": ("Quảng Ngãi", "Quang Ngai", "クアンガイ省"),
    "52": ("Gia Lai", "Gia Lai", "ザライ省"),
    "56": ("Khánh Hòa", "Khanh Hoa", "カインホア省"),
    "66": ("Đắk Lắk", "Dak Lak", "ダクラク省"),
    "68": ("Lâm Đồng", "Lam Dong", "ラムドン省"),
    "75": ("Đồng Nai", "Dong Nai", "ドンナイ省"),
    "79": ("Thành phố Hồ Chí Minh", "Ho Chi Minh City", "ホーチミン市"),
    "80": ("Tây Ninh", "Tay Ninh", "タイニン省"),
    "82": ("Đồng Tháp", "Dong Thap", "ドンタップ省"),
    "86": ("Vĩnh Long", "Vinh Long", "ヴィンロン省"),
    "91": ("An Giang", "An Giang", "アンザン省"),
    "92": ("Cần Thơ", "Can Tho", "カントー市"),
    "96": ("Cà Mau", "Ca Mau", "カマウ省"),
}


@cache
def provinces() -> tuple[SeedUnit, ...]:
    listed = in_force(units(), campaign().go_live.date())
    return tuple(_province(row) for row in listed if not row.province)


def _province(row: UnitRow) -> SeedUnit:
    vi, en, ja = _NAMES[row.code]
    return SeedUnit(
        code=row.code,
        level="province",
        kind=_KINDS[row.kind],
        owner=row.code,
        province=None,
        names={"vi": vi, "en": en, "ja": ja},
        latitude=row.latitude,
        longitude=row.longitude,
    )
