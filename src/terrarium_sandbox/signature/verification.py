"""Verification of a request's signature with the secrets that the sandbox has issued."""

import datetime
import hashlib
import hmac
from typing import TYPE_CHECKING

from terrarium_sandbox.signature.canonical_request import STREAMING, canonical_request, payload_hash
from terrarium_sandbox.signature.errors import InvalidSignatureError
from terrarium_sandbox.signature.issued_key import IssuedKey, find_issued_key
from terrarium_sandbox.signature.request_signature import ALGORITHM, TIMESTAMP, RequestSignature
from terrarium_sandbox.signature.signing_key import sign, signing_key
from terrarium_sandbox.signature.streamed_body import verify_chunks

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = ["verify_signature"]

# Source: IAM User Guide, "Elements of an AWS API request signature": "In most cases, a request must reach AWS within
# five minutes of the time stamp in the request".
_CLOCK_SKEW = datetime.timedelta(minutes=5)
# Source: Amazon S3 API Reference, "Error responses", RequestTimeTooSkewed, and "Authenticating Requests": 15 minutes.
_CLOCK_SKEW_S3 = datetime.timedelta(minutes=15)
_REMEDY = 'In the sandbox, eval "$(terrarium sandbox env)" exports credentials that it has issued.'


def verify_signature(environ: "WSGIEnvironment", *, now: datetime.datetime) -> RequestSignature:
    """Return the verified signature of a request whose body was received.

    Args:
        environ: The request. The body is rewound.
        now: The time, in UTC.

    Raises:
        InvalidSignatureError: The request has no signature, the signature does not match, or its time is not valid.
    """
    signature = RequestSignature.of(environ)
    key = _find_usable_key(signature, now)
    _verify_time(signature, now)
    payload = payload_hash(environ, signature)
    canonical = canonical_request(environ, signature, payload=payload)
    derived = signing_key(key.secret_access_key, signature.scope)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    expected = sign(derived, "\n".join([ALGORITHM, signature.timestamp, signature.scope, digest]))
    if signature.timestamp[:8] != signature.date or not hmac.compare_digest(
        expected.encode(), signature.signature.encode(errors="replace")
    ):
        raise InvalidSignatureError("mismatch")
    if payload in STREAMING:
        trailer = payload.endswith("-TRAILER")
        verify_chunks(environ["wsgi.input"], signature, derived, trailer=trailer)
    return signature


def _find_usable_key(signature: RequestSignature, now: datetime.datetime) -> IssuedKey:
    key = find_issued_key(signature.access_key)
    if key is None or not key.active:
        raise InvalidSignatureError("unknown-key", _REMEDY)
    if key.session_token != signature.security_token:
        raise InvalidSignatureError("unknown-token", _REMEDY)
    if key.expires is not None and key.expires < now:
        raise InvalidSignatureError("expired-token")
    return key


def _verify_time(signature: RequestSignature, now: datetime.datetime) -> None:
    allowed = _CLOCK_SKEW_S3 if signature.service == "s3" else _CLOCK_SKEW
    minutes = int(allowed.total_seconds() // 60)
    latest = signature.signed_at
    if signature.expires_seconds is not None:
        latest += datetime.timedelta(seconds=signature.expires_seconds)
        if now > latest:
            raise InvalidSignatureError("expired", _time_message("expired", signature, now, minutes))
    elif now > latest + allowed:
        raise InvalidSignatureError("skew", _time_message("expired", signature, now, minutes))
    if signature.signed_at > now + allowed:
        raise InvalidSignatureError("skew", _time_message("not yet current", signature, now, minutes))


def _time_message(problem: str, signature: RequestSignature, now: datetime.datetime, minutes: int) -> str:
    if signature.service in {"s3", "ec2"}:  # their messages contain no times
        return ""
    side, sign_of_skew = ("earlier", "-") if problem == "expired" else ("later", "+")
    allowed = datetime.timedelta(minutes=minutes)
    bound = now - allowed if problem == "expired" else now + allowed
    return (
        f"Signature {problem}: {signature.timestamp} is {'now' if problem == 'expired' else 'still'} {side} than "
        f"{bound.strftime(TIMESTAMP)} ({now.strftime(TIMESTAMP)} {sign_of_skew} {minutes} min.)"
    )
