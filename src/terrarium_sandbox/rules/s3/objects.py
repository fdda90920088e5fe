"""Rules of S3 about objects: checksums of bodies, and sizes of keys and metadata."""

import base64
import hashlib
import zlib
from collections.abc import Callable, Mapping
from typing import IO

from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]

_PIECE_BYTES = 1 << 20
_KEY_BYTES = 1024
_METADATA_BYTES = 2048
_WRITES = ("s3:CopyObject", "s3:CreateMultipartUpload", "s3:PutObject")


def _hashed(algorithm: str) -> Callable[[IO[bytes]], bytes]:
    def digest(body: IO[bytes]) -> bytes:
        found = hashlib.new(algorithm, usedforsecurity=False)
        while piece := body.read(_PIECE_BYTES):
            found.update(piece)
        return found.digest()

    return digest


def _crc32(body: IO[bytes]) -> bytes:
    found = 0
    while piece := body.read(_PIECE_BYTES):
        found = zlib.crc32(piece, found)
    return found.to_bytes(4, "big")


# CRC32C and CRC64NVME are not in the standard library.
_CHECKSUMS: Mapping[str, tuple[str, Callable[[IO[bytes]], bytes]]] = {
    "ContentMD5": ("Content-MD5", _hashed("md5")),
    "ChecksumCRC32": ("CRC32", _crc32),
    "ChecksumSHA1": ("SHA1", _hashed("sha1")),
    "ChecksumSHA256": ("SHA256", _hashed("sha256")),
}


@rule(
    "body-must-have-its-checksum",
    on=("s3:PutObject", "s3:UploadPart"),
    code="BadDigest",
    source="Amazon S3 API Reference, Error responses, BadDigest; Checking object integrity in Amazon S3",
)
def body_must_have_its_checksum(request: Request) -> str | None:
    """An uploaded object must have the MD5, CRC32, SHA-1 or SHA-256 checksum that its headers state."""
    if "aws-chunked" in request.call.headers.get("content-encoding", ""):
        return None  # the checksum follows the body, and moto parses it
    for parameter, (name, digest) in _CHECKSUMS.items():
        stated = request.get(parameter)
        if stated is None:
            continue
        found = base64.b64encode(digest(request.body)).decode()
        request.body.seek(0)
        if found != stated:
            if parameter == "ContentMD5":
                return f"The {name} you specified did not match what we received."
            return f"The {name} you specified did not match the calculated checksum."
    return None


@rule(
    "object-key-length",
    on=_WRITES,
    code="KeyTooLongError",
    source="Amazon S3 User Guide, Naming Amazon S3 objects: at most 1,024 bytes of UTF-8",
)
def object_key_length(request: Request) -> str | None:
    """The key of an object has at most 1,024 bytes."""
    return "Your key is too long" if len(request.get("Key", "").encode()) > _KEY_BYTES else None


@rule(
    "object-metadata-size",
    on=_WRITES,
    code="MetadataTooLarge",
    source="Amazon S3 User Guide, Working with object metadata: user-defined metadata is limited to 2 KB",
)
def object_metadata_size(request: Request) -> str | None:
    """The user-defined metadata of an object has at most 2,048 bytes, names and values together."""
    metadata = request.get("Metadata") or {}
    if sum(len(f"{name}{value}".encode()) for name, value in metadata.items()) <= _METADATA_BYTES:
        return None
    return "Your metadata headers exceed the maximum allowed metadata size"


RULES: tuple[Rule, ...] = (object_key_length, object_metadata_size, body_must_have_its_checksum)
