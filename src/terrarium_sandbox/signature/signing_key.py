"""Derivation of the signing key of Signature Version 4, and signatures with it."""

import hashlib
import hmac
from functools import lru_cache

__all__ = ["sign", "signing_key"]


@lru_cache(maxsize=1024)  # the key is the same for all requests of a day to one service
def signing_key(secret_access_key: str, scope: str) -> bytes:
    """Return the key that signs requests within a scope (`20261130/eu-central-1/s3/aws4_request`)."""
    key = f"AWS4{secret_access_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), hashlib.sha256)
    return key


def sign(key: bytes, text: str) -> str:
    """Return the signature of a text, hexadecimal."""
    return hmac.digest(key, text.encode(), hashlib.sha256).hex()
