"""Errors of requests whose sender cannot be verified, with AWS' codes and messages.

The codes differ by protocol. Sources: IAM User Guide, "Troubleshoot Signature Version 4 signing for AWS API requests";
STS API Reference and Amazon DynamoDB API Reference, "Common Errors"; Amazon EC2 API Reference, "Error codes"; Amazon S3
API Reference, "Error responses".
"""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from terrarium_sandbox.http.aws_request import AwsRequest

__all__ = ["InvalidSignatureError", "SignatureFault", "error_code", "error_message", "error_status"]

SignatureFault: TypeAlias = Literal[
    "missing",
    "incomplete",
    "unknown-key",
    "unknown-token",
    "expired-token",
    "mismatch",
    "body",
    "skew",
    "expired",
]


class InvalidSignatureError(Exception):
    """The signature of a request cannot be verified.

    Args:
        fault: The fault of the signature.
        detail: Further text of AWS' message, or the sandbox's remedy.
    """

    def __init__(self, fault: SignatureFault, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail}")
        self.fault: SignatureFault = fault
        self.detail = detail


_S3: Mapping[SignatureFault, tuple[str, str]] = {
    "missing": ("AccessDenied", "Access Denied"),
    "incomplete": (
        "AuthorizationHeaderMalformed",
        "The authorization header that you provided is not valid.",
    ),
    "unknown-key": (
        "InvalidAccessKeyId",
        "The AWS Access Key Id you provided does not exist in our records.",
    ),
    "unknown-token": ("InvalidToken", "The provided token is malformed or otherwise invalid."),
    "expired-token": ("ExpiredToken", "The provided token has expired."),
    "mismatch": (
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. "
        "Check your key and signing method.",
    ),
    "body": (
        "XAmzContentSHA256Mismatch",
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
    ),
    "skew": (
        "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.",
    ),
    "expired": ("AccessDenied", "Request has expired"),
}
_TOKEN_INVALID = "The security token included in the request is invalid."  # noqa: S105 - a message
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)
_QUERY: Mapping[SignatureFault, tuple[str, str]] = {
    "missing": ("MissingAuthenticationToken", "Request is missing Authentication Token"),
    "incomplete": ("IncompleteSignature", "The request signature does not conform to AWS standards."),
    "unknown-key": ("InvalidClientTokenId", _TOKEN_INVALID),
    "unknown-token": ("InvalidClientTokenId", _TOKEN_INVALID),
    "expired-token": ("ExpiredToken", "The security token included in the request is expired"),
    "mismatch": ("SignatureDoesNotMatch", _MISMATCH),
    "body": ("SignatureDoesNotMatch", _MISMATCH),
    "skew": ("SignatureDoesNotMatch", ""),
    "expired": ("SignatureDoesNotMatch", ""),
}
_JSON_CODES: Mapping[str, str] = {
    "MissingAuthenticationToken": "MissingAuthenticationTokenException",
    "IncompleteSignature": "IncompleteSignatureException",
    "InvalidClientTokenId": "UnrecognizedClientException",
    "ExpiredToken": "ExpiredTokenException",
    "SignatureDoesNotMatch": "InvalidSignatureException",
}
_OF_EC2_CREDENTIALS: tuple[SignatureFault, ...] = (
    "missing",
    "incomplete",
    "unknown-key",
    "unknown-token",
    "mismatch",
    "body",
)
_EC2_MESSAGE = "AWS was not able to validate the provided access credentials"
_EC2: Mapping[SignatureFault, tuple[str, str]] = {
    **dict.fromkeys(_OF_EC2_CREDENTIALS, ("AuthFailure", _EC2_MESSAGE)),
    "expired-token": ("RequestExpired", "Request has expired."),
    "skew": ("RequestExpired", "Request has expired."),
    "expired": ("RequestExpired", "Request has expired."),
}


def error_code(request: AwsRequest, fault: SignatureFault) -> str:
    """Return the error code of the service for `fault`."""
    code, _ = _table(request)[fault]
    in_json = request.protocol in {"json", "rest"} and request.service not in _XML
    return _JSON_CODES.get(code, code) if in_json else code


def error_message(request: AwsRequest, error: InvalidSignatureError) -> str:
    """Return the message of the error code, followed by the error's detail."""
    _, message = _table(request)[error.fault]
    return " ".join(part for part in (message, error.detail) if part)


def error_status(request: AwsRequest, fault: SignatureFault) -> int:
    """Return the HTTP status of the error response."""
    if request.service == "ec2":
        return 400 if fault in {"expired-token", "skew", "expired"} else 401
    return 400 if fault in {"body", "incomplete"} else 403


_XML = frozenset({"s3", "ec2", "cloudfront", "route53", None})


def _table(request: AwsRequest) -> Mapping[SignatureFault, tuple[str, str]]:
    if request.service == "ec2":
        return _EC2
    if request.service == "s3" or (request.service is None and request.protocol == "rest"):
        return _S3
    return _QUERY
