"""The canonical form of a request: the text that client and server sign."""

import hashlib
from typing import IO, TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes, urlsplit

from botocore.utils import normalize_url_path

from terrarium_sandbox.signature.errors import InvalidSignatureError
from terrarium_sandbox.signature.request_signature import RequestSignature, raw_query

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = ["STREAMING", "UNSIGNED", "canonical_request", "payload_hash"]

UNSIGNED = frozenset({"UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"})
"""Payload hashes that only S3 accepts: the body is not signed."""
STREAMING = frozenset({"STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"})
"""Payload hashes of S3 for bodies in which each chunk has a signature."""

_CHUNK_BYTES = 1 << 20
# WSGI's names of two headers; the others are HTTP_<NAME>.
_OWN_NAMES = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


def canonical_request(environ: "WSGIEnvironment", signature: RequestSignature, *, payload: str) -> str:
    """Return the canonical request.

    Args:
        environ: The request.
        signature: The request's signature, which names the signed headers.
        payload: The hash of the body, or the constant that replaces it.

    Raises:
        InvalidSignatureError: The signature does not cover the `Host` header.
    """
    if "host" not in signature.signed_headers:
        raise InvalidSignatureError("incomplete", "'Host' must be a 'SignedHeader' in the AWS Authorization.")
    return "\n".join(
        [
            environ["REQUEST_METHOD"],
            _canonical_path(environ, s3=signature.service == "s3"),
            _canonical_query(raw_query(environ)),
            *(f"{name}:{_header(environ, name)}" for name in sorted(signature.signed_headers)),
            "",
            ";".join(sorted(signature.signed_headers)),
            payload,
        ]
    )


def payload_hash(environ: "WSGIEnvironment", signature: RequestSignature) -> str:
    """Return the hash of the body in the canonical request, or the constant that replaces it.

    Raises:
        InvalidSignatureError: The body differs from the signed one.
    """
    stated = environ.get("HTTP_X_AMZ_CONTENT_SHA256")
    if signature.service == "s3":
        if stated in UNSIGNED or stated in STREAMING:
            return str(stated)
        if stated is None and signature.expires_seconds is not None:
            return "UNSIGNED-PAYLOAD"
    computed = _digest(environ["wsgi.input"])
    if stated is not None and stated != computed:
        raise InvalidSignatureError("body")
    return computed


def _canonical_path(environ: "WSGIEnvironment", *, s3: bool) -> str:
    sent = str(environ.get("RAW_URI") or environ.get("REQUEST_URI") or environ["PATH_INFO"])
    # A request through a proxy has the whole URL in its first line.
    path = urlsplit(sent).path if sent.startswith("http") else sent.partition("?")[0]
    if s3:
        return quote(unquote_to_bytes(path or "/"), safe="/-_.~")
    return quote(normalize_url_path(path), safe="/-_.~")  # every service except S3 encodes the path twice


def _canonical_query(query: str) -> str:
    pairs = []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if part and name != "X-Amz-Signature":
            pairs.append((_encode(name), _encode(value)))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def _encode(text: str) -> str:
    return quote(unquote_to_bytes(text), safe="-_.~")


def _header(environ: "WSGIEnvironment", name: str) -> str:
    value = environ.get(_OWN_NAMES.get(name) or "HTTP_" + name.upper().replace("-", "_"), "")
    # WSGI decodes headers as Latin-1; clients sign them as UTF-8.
    return " ".join(str(value).encode("latin-1", "replace").decode("utf-8", "replace").split())


def _digest(body: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := body.read(_CHUNK_BYTES):
        digest.update(chunk)
    body.seek(0)
    return digest.hexdigest()
