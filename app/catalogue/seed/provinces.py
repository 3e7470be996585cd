"""The 34 provinces and centrally-run cities since 1 July 2025, in three languages."""

from functools import cache

from app.catalogue.seed.dataset import rows
from app.catalogue.seed.shapes import SeedUnit

# In 2025; since 2026 Bắc Ninh, Quảng Ninh and Đồng Nai are reported to have joined them.
_MUNICIPALITIES = frozenset({"01", "31", "46", "48", "79", "92"})

_NAMES = (
    ("01", "Hà Nội", "Hanoi", "ハノイ市"),
    ("04", "Cao Bằng", "Cao Bang", "カオバン省"),
    ("08", "Tuyên Quang", "Tuyen Quang", "トゥエンクアン省"),
    ("11", "Điện Biên", "Dien Bien", "ディエンビエン省"),
    ("12", "Lai Châu", "Lai Chau", "ライチャウ省"),
    ("14", "Sơn La", "Son La", "ソンラ省"),
    ("15", "Lào Cai", "Lao Cai", "ラオカイ省"),
    ("19", "Thái Nguyên", "Thai Nguyen", "タイグエン省"),
    ("20", "Lạng Sơn", "Lang Son", "ランソン省"),
    ("22", "Quảng Ninh", "Quang Ninh", "クアンニン省"),
    ("24", "Bắc Ninh", "Bac Ninh", "バクニン省"),
    ("25", "Phú Thọ", "Phu Tho", "フート省"),
    ("31", "Hải Phòng", "Hai Phong", "ハイフォン市"),
    ("33", "Hưng Yên", "Hung Yen", "フンイエン省"),
    ("37", "Ninh Bình", "Ninh Binh", "ニンビン省"),
    ("38", "Thanh Hóa", "Thanh Hoa", "タインホア省"),
    ("40", "Nghệ An", "Nghe An", "ゲアン省"),
    ("42", "Hà Tĩnh", "Ha Tinh", "ハティン省"),
    ("44", "Quảng Trị", "Quang Tri", "クアンチ省"),
    ("46", "Huế", "Hue", "フエ市"),
    ("48", "Đà Nẵng", "Da Nang", "ダナン市"),
    ("51", "Quảng Ngãi", "Quang Ngai", "クアンガイ省"),
    ("52", "Gia Lai", "Gia Lai", "ザライ省"),
    ("56", "Khánh Hòa", "Khanh Hoa", "カインホア省"),
    ("66", "Đắk Lắk", "Dak Lak", "ダクラク省"),
    ("68", "Lâm Đồng", "Lam Dong", "ラムドン省"),
    ("75", "Đồng Nai", "Dong Nai", "ドンナイ省"),
    ("79", "Thành phố Hồ Chí Minh", "Ho Chi Minh City", "ホーチミン市"),
    ("80", "Tây Ninh", "Tay Ninh", "タイニン省"),
    ("82", "Đồng Tháp", "Dong Thap", "ドンタップ省"),
    ("86", "Vĩnh Long", "Vinh Long", "ヴィンロン省"),
    ("91", "An Giang", "An Giang", "アンザン省"),
    ("92", "Cần Thơ", "Can Tho", "カントー市"),
    ("96", "Cà Mau", "Ca Mau", "カマウ省"),
)


@cache
def provinces() -> tuple[SeedUnit, ...]:
    places = {code: (lat, lon) for code, lat, lon in rows(_PLACES)}
    return tuple(
        SeedUnit(
            code=code,
            level="province",
            kind="municipality" if code in _MUNICIPALITIES else "province",
            owner=code,
            province=None,
            names={"vi": vi, "en": en, "ja": ja},
            latitude=places[code][0],
            longitude=places[code][1],
        )
        for code, vi, en, ja in _NAMES
    )


_PLACES = "select distinct provinceCode, provinceLat, provinceLon from admin_units"
