"""Verification of bodies that clients send to S3 in signed chunks.

Source: Amazon S3 API Reference, "Signature Calculations for the Authorization Header: Transferring Payload in Multiple
Chunks (Chunked Upload)" and "... with trailing headers".
"""

import hashlib
import hmac
import re
from typing import IO

from terrarium_sandbox.signature.errors import InvalidSignatureError
from terrarium_sandbox.signature.request_signature import RequestSignature
from terrarium_sandbox.signature.signing_key import sign

__all__ = ["verify_chunks"]

_EMPTY = hashlib.sha256(b"").hexdigest()
_HEAD = re.compile(rb"([0-9a-fA-F]{1,16});chunk-signature=([0-9a-f]{64})\r\n")
_LONGEST_LINE = 8192


def verify_chunks(body: IO[bytes], signature: RequestSignature, key: bytes, *, trailer: bool) -> None:
    """Verify the signature of every chunk, and rewind the body.

    Args:
        body: The chunks with their signatures.
        signature: The signature of the request, with which the chain of signatures begins.
        key: The derived signing key.
        trailer: Whether signed headers follow the last chunk.

    Raises:
        InvalidSignatureError: The signature of a chunk does not match.
    """
    previous = signature.signature
    size = -1
    while size:
        head = _HEAD.fullmatch(body.readline(_LONGEST_LINE))
        if head is None:
            raise InvalidSignatureError("mismatch")
        size = int(head[1], 16)
        content = hashlib.sha256()
        left = size
        while left:
            part = body.read(min(left, 1 << 20))
            if not part:
                raise InvalidSignatureError("mismatch")
            content.update(part)
            left -= len(part)
        if not (trailer and size == 0):
            body.readline(_LONGEST_LINE)
        previous = _verify(
            signature, key, previous, kind="PAYLOAD", hashes=(_EMPTY, content.hexdigest()), stated=head[2]
        )
    if trailer:
        _verify_trailer(body, signature, key, previous)
    body.seek(0)


def _verify_trailer(body: IO[bytes], signature: RequestSignature, key: bytes, previous: str) -> None:
    headers, stated = [], b""
    while line := body.readline(_LONGEST_LINE).strip():
        name, _, value = line.partition(b":")
        if name.lower() == b"x-amz-trailer-signature":
            stated = value.strip()
        else:
            headers.append(name.lower() + b":" + value.strip() + b"\n")
    digest = hashlib.sha256(b"".join(headers)).hexdigest()
    _verify(signature, key, previous, kind="TRAILER", hashes=(digest,), stated=stated)


def _verify(
    signature: RequestSignature,
    key: bytes,
    previous: str,
    *,
    kind: str,
    hashes: tuple[str, ...],
    stated: bytes,
) -> str:
    text = "\n".join([f"AWS4-HMAC-SHA256-{kind}", signature.timestamp, signature.scope, previous, *hashes])
    expected = sign(key, text)
    if not hmac.compare_digest(expected.encode(), stated):
        raise InvalidSignatureError("mismatch")
    return expected
