"""The oldest Python that the command is made for, where this machine has it; run as a script it fails where not."""

import os
import shutil
import subprocess
import sys
from pathlib import Path


def oldest() -> str | None:
    """Python 3.8, on PATH or among those of pyenv."""
    homes = [Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")]  # noqa: TID251 - where pyenv lives
    of_pyenv = [str(found) for home in homes for found in sorted(home.glob("versions/3.8*/bin/python3.8"))]
    candidates = [*of_pyenv, *filter(None, [shutil.which("python3.8")])]
    return next((python for python in candidates if _runs(python)), None)


def _runs(python: str) -> bool:
    try:
        done = subprocess.run([python, "-c", "import ssl"], capture_output=True, check=False, timeout=30)
    except OSError:
        return False
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(0 if oldest() else 1)
