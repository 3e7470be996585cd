"""The version of this release, as pyproject.toml names it."""

from importlib.metadata import version

VERSION = version("tiendo")
