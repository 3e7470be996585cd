"""Take pictures of every view of the page in Chromium, at the widths that people have, in light and dark."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from tests import chromium

MOMENT = "as_of=2025-06-27T17:00"
SIZES = ((390, 844), (1440, 900), (1920, 1080), (3840, 2160))
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
VIEWS = {
    "overview": f"/?{MOMENT}",
    "room": f"/?view=room&{MOMENT}",
    "province": f"/provinces/38?{MOMENT}",
    "province-late": "/provinces/22?as_of=2025-06-30T12:00",
    "line": f"/lines/hotlines?{MOMENT}",
    "agencies": f"/agencies?{MOMENT}",
    "bulletins": "/bulletins",
    "bulletin": "/?bulletin=1",
    "compare": "/compare?from=b1&to=2025-06-30T12:00",
    "before": "/?as_of=2025-05-20T08:00",
    "eve": "/?as_of=2025-06-30T16:45",
    "known-then": f"/?{MOMENT}&known_at=2025-06-27T17:00",
    "after": "/?as_of=2025-12-01T08:00",
    "future": "/?as_of=2027-01-01T00:00",
    "english": f"/?{MOMENT}&lang=en",
    "japanese": f"/?{MOMENT}&lang=ja",
    "room-japanese": f"/?view=room&{MOMENT}&lang=ja",
    "sign-in": "/sign-in",
    "problems": "/problems",
    "refused": "/?as_of=x",
}


class Picture(NamedTuple):
    file: Path
    path: str
    width: int
    height: int
    scheme: Literal["light", "dark"]
    whole: bool


def all_of_them(folder: Path) -> Iterator[Picture]:
    for name, path in VIEWS.items():
        for width, height in SIZES:
            for scheme in SCHEMES:
                file = folder / f"{name}-{width}-{scheme}.png"
                yield Picture(file, path, width, height, scheme, whole=not name.startswith("room"))


def of_the_readme() -> Iterator[Picture]:
    yield Picture(Path("docs/overview.png"), "/?bulletin=1", 1440, 1000, "light", whole=False)
    yield Picture(Path("docs/room.png"), "/?view=room&bulletin=1", 1600, 900, "dark", whole=False)


def take(browser: Browser, address: str, picture: Picture) -> None:
    size: ViewportSize = {"width": picture.width, "height": picture.height}
    page = browser.new_page(viewport=size, color_scheme=picture.scheme, locale="vi-VN")
    page.goto(address + picture.path)
    if page.locator("#live").count():
        page.locator("#live[data-state=on]").wait_for()
    page.screenshot(path=picture.file, full_page=picture.whole)
    page.close()


def main(address: str, folder: str) -> None:
    pictures = list(of_the_readme() if folder == "--readme" else all_of_them(Path(folder)))
    pictures[0].file.parent.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.found(), args=chromium.ARGUMENTS)
        for picture in pictures:
            take(browser, address, picture)
            sys.stdout.write(f"{picture.file}\n")
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
