"""Web identity tokens, as an OpenID Connect provider issues them to a workflow."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any

__all__ = ["TokenExpiredError", "TokenInvalidError", "WebIdentityTokens"]

_LIFETIME_SECONDS = 3600
_HEADER = {"alg": "HS256", "typ": "JWT"}


class TokenInvalidError(ValueError):
    """The text is not a token of this sandbox."""


class TokenExpiredError(TokenInvalidError):
    """The token has expired."""


class WebIdentityTokens:
    """Issues JSON Web Tokens and verifies them with a secret that only this process has.

    AWS verifies a token with the public keys of its issuer. The sandbox cannot reach issuers, and other users of the
    machine could forge tokens: it accepts only tokens that it issued, to users who can read its home.
    """

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)

    def issue(self, claims: dict[str, Any]) -> str:
        """Return a signed token with these claims, valid for an hour unless they say otherwise (`exp`)."""
        now = int(time.time())
        content = {"iat": now, "exp": now + _LIFETIME_SECONDS, **claims}
        signed = f"{_encode(json.dumps(_HEADER).encode())}.{_encode(json.dumps(content).encode())}"
        return f"{signed}.{self._sign(signed)}"

    def verify(self, token: str) -> dict[str, Any]:
        """Return the claims of a token.

        Raises:
            TokenInvalidError: This process did not issue it.
            TokenExpiredError: It has expired.
        """
        signed, _, signature = token.rpartition(".")
        if not hmac.compare_digest(self._sign(signed).encode(), signature.encode(errors="replace")):
            raise TokenInvalidError("the sandbox did not issue this token")
        claims: dict[str, Any] = json.loads(_decode(signed.partition(".")[2]))
        if claims["exp"] < time.time():
            raise TokenExpiredError("the token has expired")
        return claims

    def _sign(self, signed: str) -> str:
        return _encode(hmac.digest(self._secret, signed.encode(errors="replace"), hashlib.sha256))


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
