"""Days as each language writes them in an official text. Pure."""

from datetime import date

from app.language import Language

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def official_parts(day: date) -> tuple[str, str]:
    """Day and month in Vietnamese: a zero before days under 10, January and February (Decree 30/2020/NĐ-CP)."""
    return f"{day:%d}", f"{day.month:02}" if day.month <= 2 else str(day.month)


def written_day(lang: Language, day: date) -> str:
    """`27/6/2025`, `27 June 2025`, `2025年6月27日`."""
    if lang == "vi":
        return "/".join((*official_parts(day), str(day.year)))
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}" if lang == "en" else f"{day.year}年{day.month}月{day.day}日"
