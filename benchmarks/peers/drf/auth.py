"""Tokens in the table that is there."""

import hashlib
import hmac

from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication

from benchmarks.peers.drf.models import Token


class Bearer(BaseAuthentication):
    def authenticate(self, request):
        said = request.headers.get("Authorization", "").removeprefix("Bearer ")
        token = Token.objects.select_related("unit").filter(id=said[4:14], revoked_at=None).first()
        if not token or not hmac.compare_digest(token.secret_hash, hashlib.sha256(said[14:46].encode()).digest()):
            raise exceptions.AuthenticationFailed
        return token, None

    def authenticate_header(self, request):
        return "Bearer"
