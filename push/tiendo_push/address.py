"""The address of the service, as it has to be written: checked before anything is sent. Pure."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from tiendo_push.outcome import WrongUsage


def checked(url: str) -> str:
    """The address in the form that requests need, without a slash at its end.

    Raises:
        WrongUsage: it has no scheme, no host, or more behind it than a path prefix.

    """
    url = url.strip(" \t\r\n\"'\ufeff")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        name = "" if host is None else host.encode("ascii" if ":" in host else "idna").decode()
    except ValueError:  # UnicodeError is one
        raise WrongUsage("bad-address", url=url) from None
    if parts.scheme not in ("http", "https"):
        raise WrongUsage("no-scheme", url=url)
    if not name or parts.username is not None or any(character <= " " for character in url):
        raise WrongUsage("bad-address", url=url)
    if parts.query or parts.fragment or "v1" in parts.path.split("/"):
        raise WrongUsage("address-too-long", url=url, right=url.partition("/v1")[0].partition("?")[0].partition("#")[0])
    place = f"[{name}]" if ":" in name else name
    return f"{parts.scheme}://{place}{f':{port}' if port else ''}{quote(parts.path.rstrip('/'), safe='/%')}"


def of_redirect(target: str, path: str) -> str:
    """The address that a redirect leads to, without the path of the request that met it."""
    bare = target.partition("?")[0].rstrip("/")
    return bare[: -len(path)].rstrip("/") if bare.endswith(path) else bare
