"""The browser that pages are tried and pictured in."""

import shutil

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The shell first: the same engine without a user interface, and a third of the work."""
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


def found() -> str:
    """Its path.

    Raises:
        FileNotFoundError: no Chromium is here.

    """
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        raise FileNotFoundError("Chromium is needed: apt-get install chromium-headless-shell (scripts/test does it)")
    return path
