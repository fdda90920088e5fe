"""SHA-256 digests as records, references and attestations hold them: `sha256:<64 hexadecimal digits>`."""

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import _Hash

__all__ = ["digest_of", "digest_of_hash"]


def digest_of(content: bytes | str) -> str:
    """Return the digest of `content`; text is encoded as UTF-8."""
    return digest_of_hash(hashlib.sha256(content.encode() if isinstance(content, str) else content))


def digest_of_hash(whole: "_Hash") -> str:
    """Return the digest that a SHA-256 object has computed so far."""
    return f"sha256:{whole.hexdigest()}"
