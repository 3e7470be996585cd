"""The path prefix under which a proxy serves the service, whether the proxy strips it or not."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

KEY = "tiendo.prefix"


def prefix_of(scope: Scope) -> str:
    """What stands before every path of ours in the reader's address: empty, or `/tien-do`."""
    return str(scope.get(KEY, ""))


class PathPrefix:
    """Takes the prefix off the path, so that everything inside sees one form of it; puts it before new addresses."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self.app = app
        self.prefix = prefix.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        prefix = self.prefix or scope.get("root_path", "").rstrip("/")
        if not prefix:
            return await self.app(scope, receive, send)

        async def send_with_prefix(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 201:
                headers = MutableHeaders(scope=message)
                if (location := headers.get("location", "")).startswith("/"):
                    headers["Location"] = f"{prefix}{location}"
            await send(message)

        inside = {**scope, "path": without(prefix, scope["path"]), "root_path": "", KEY: prefix}
        return await self.app(inside, receive, send_with_prefix)


def without(prefix: str, path: str) -> str:
    """The path as it is inside; one without the prefix was stripped by the proxy."""
    if path == prefix:
        return "/"
    return path[len(prefix) :] if path.startswith(f"{prefix}/") else path
