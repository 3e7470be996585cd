"""What a token looks like: `tdo_`, an id, a secret, a checksum. Pure."""

import hashlib
import hmac
import secrets
import zlib
from typing import NamedTuple

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ID, SECRET, CHECKSUM = 10, 32, 6
LENGTH = len("tdo_") + ID + SECRET + CHECKSUM


class Parts(NamedTuple):
    id: str
    secret_hash: bytes


def new_token() -> str:
    body = "".join(secrets.choice(ALPHABET) for _ in range(ID + SECRET))
    return f"tdo_{body}{checksum_of(body)}"


def read_token(text: str) -> Parts | None:
    """The id and the secret's hash, or None when it was mistyped or cut off."""
    body, checksum = text[4:-CHECKSUM], text[-CHECKSUM:]
    if len(text) != LENGTH or not text.startswith("tdo_") or not text.isascii() or checksum_of(body) != checksum:
        return None
    return Parts(body[:ID], hashlib.sha256(body[ID:].encode()).digest())


def same(one: bytes, other: bytes) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(one, other)


def checksum_of(body: str) -> str:
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(CHECKSUM):
        number, digit = divmod(number, len(ALPHABET))
        digits += ALPHABET[digit]
    return digits
