"""What reads the description from outside: linters, and generators of clients, fetched once and kept in `.venv`."""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent / "generators"
KEPT = Path(__file__).parents[2] / ".venv" / "generators"
LOCK = HERE / "python-client.lock"


def node_tools() -> Path:
    """The directory with the tools of `package-lock.json` in its `node_modules`."""
    return _kept("node", HERE / "package-lock.json", _install_node_tools)


def python_client_generator() -> Path:
    """The Python of an environment with openapi-python-client, which asks for older packages than the service."""
    return _kept("python", LOCK, _install_python_client_generator) / "bin" / "python"


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """What a command says; where it fails, that is why the test fails."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def npx(tool: str, *arguments: str | Path, cwd: Path | None = None) -> str:
    return run(node_tools() / "node_modules" / ".bin" / tool, *arguments, cwd=cwd)


def _install_node_tools(target: Path) -> None:
    npm = shutil.which("npm")
    assert npm, "The linters and generators need npm: install the package npm."
    target.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, target)
    run(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=target)


def _install_python_client_generator(target: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    run(uv, "venv", "--quiet", "--python", sys.executable, target)
    run(uv, "pip", "install", "--quiet", "--python", target / "bin" / "python", "--require-hashes", "-r", LOCK)


def _kept(name: str, lock: Path, install: Callable[[Path], None]) -> Path:
    """Installed once for a lock, however many processes of a run ask for it."""
    target = KEPT / f"{name}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    complete = target / "complete"
    with _alone(name):
        if not complete.exists():
            shutil.rmtree(target, ignore_errors=True)
            install(target)
            complete.touch()
    return target


@contextmanager
def _alone(name: str) -> Iterator[None]:
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / f"{name}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
