"""Passwords of logins as PostgreSQL stores them, so that what is sent, and perhaps logged there, is none. Pure."""

import base64
import hashlib
import hmac
import secrets

_ITERATIONS = 4096
"""As many as PostgreSQL takes by itself."""
_SALT = 16


def stored(password: str, salt: bytes | None = None) -> str:
    """What PostgreSQL stores of a password (SCRAM-SHA-256), which it takes in the place of the password.

    One with letters beyond ASCII stays as it is: the server prepares those by rules of its own (SASLprep).
    """
    if not (password.isascii() and password.isprintable()):
        return password
    salt = salt or secrets.token_bytes(_SALT)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    keys = f"{_base64(hashlib.sha256(client_key).digest())}:{_base64(server_key)}"
    return f"SCRAM-SHA-256${_ITERATIONS}:{_base64(salt)}${keys}"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
