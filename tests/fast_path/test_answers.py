"""A whole response is handed to the server at once, where it takes it so."""

from http import HTTPStatus

from starlette.types import Message, Scope

from app.fast_path.answers import AT_ONCE, send_at_once
from app.response_cache import PreparedResponse

HEADERS = [(b"content-length", b"2"), (b"x-request-id", b"r")]


class Server:
    """What a server was given: whole responses where it takes them, and messages."""

    def __init__(self, *, takes_it: bool) -> None:
        self._takes_it = takes_it
        self.written: list[PreparedResponse] = []
        self.messages: list[Message] = []

    @property
    def scope(self) -> Scope:
        return {"type": "http", "extensions": {AT_ONCE: self.write}}

    def write(self, response: PreparedResponse) -> bool:
        if self._takes_it:
            self.written.append(response)
        return self._takes_it

    async def send(self, message: Message) -> None:
        self.messages.append(message)


async def test_a_server_that_takes_a_response_at_once_gets_no_messages() -> None:
    server = Server(takes_it=True)
    await send_at_once(HTTPStatus.CREATED, HEADERS, b"{}", server.scope, server.send)
    [response] = server.written
    assert response.head == b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\nx-request-id: r\r\n"
    assert (response.body, server.messages) == (b"{}", [])


async def test_one_whose_client_does_not_read_gets_messages() -> None:
    server = Server(takes_it=False)
    await send_at_once(HTTPStatus.CREATED, HEADERS, b"{}", server.scope, server.send)
    assert [message["type"] for message in server.messages] == ["http.response.start", "http.response.body"]


async def test_so_does_any_other_server() -> None:
    server = Server(takes_it=True)
    await send_at_once(HTTPStatus.CREATED, HEADERS, b"{}", {"type": "http"}, server.send)
    assert (server.messages[0]["status"], server.messages[0]["headers"], server.written) == (201, HEADERS, [])
