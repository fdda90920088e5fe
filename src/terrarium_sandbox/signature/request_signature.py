"""The signature that a request states, in the `Authorization` header or in a presigned URL."""

import datetime
import email.utils
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from terrarium_sandbox.signature.errors import InvalidSignatureError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = ["ALGORITHM", "TIMESTAMP", "RequestSignature", "raw_query"]

ALGORITHM = "AWS4-HMAC-SHA256"
TIMESTAMP = "%Y%m%dT%H%M%SZ"
_PARTS = re.compile(r"(Credential|SignedHeaders|Signature)=([^,\s]+)")
# S3 accepts presigned URLs for at most seven days (Amazon S3 API Reference, "Authenticating Requests: Using Query
# Parameters").
_LONGEST_SECONDS = 604_800
_OF_QUERY = frozenset(
    f"X-Amz-{name}"
    for name in ("Algorithm", "Credential", "Date", "Expires", "Security-Token", "Signature", "SignedHeaders")
)


@dataclass(frozen=True, kw_only=True)
class RequestSignature:
    """The values that a signature claims. They are not verified.

    Attributes:
        access_key: The access key whose secret signed the request.
        scope: Date, region, service and terminator: `20261130/eu-central-1/s3/aws4_request`.
        signed_at: The time in the signature.
        signed_headers: The names of the signed headers, in lower case, sorted.
        signature: The signature, hexadecimal.
        security_token: The session token of temporary credentials.
        expires_seconds: The validity of a presigned URL in seconds; None if the signature is in the header.
    """

    access_key: str
    scope: str
    signed_at: datetime.datetime
    signed_headers: tuple[str, ...]
    signature: str
    security_token: str | None
    expires_seconds: int | None

    @property
    def date(self) -> str:
        """The date in the scope."""
        return self.scope.split("/")[0]

    @property
    def region(self) -> str:
        """The region in the scope."""
        return self.scope.split("/")[1]

    @property
    def service(self) -> str:
        """The service in the scope."""
        return self.scope.split("/")[2]

    @property
    def timestamp(self) -> str:
        """The time in the signed format."""
        return self.signed_at.strftime(TIMESTAMP)

    @classmethod
    def of(cls, environ: "WSGIEnvironment") -> "RequestSignature":
        """Read the signature of a request.

        Raises:
            InvalidSignatureError: The request has no signature, two signatures, or an incomplete one.
        """
        header = environ.get("HTTP_AUTHORIZATION", "")
        pairs = parse_qsl(raw_query(environ), keep_blank_values=True)
        query = dict(pairs)
        in_query = "X-Amz-Signature" in query or "X-Amz-Credential" in query
        if header and in_query:
            raise InvalidSignatureError("incomplete", "Only one auth mechanism allowed")
        if in_query and len([name for name, _ in pairs if name in _OF_QUERY]) != len(
            _OF_QUERY & query.keys()
        ):
            raise InvalidSignatureError("incomplete")
        if not header and not in_query:
            if "AWSAccessKeyId" in query:
                raise InvalidSignatureError("incomplete", _VERSION_2)
            raise InvalidSignatureError("missing")
        try:
            return cls._of_query(query) if in_query else cls._of_header(header, environ)
        except (KeyError, ValueError, OverflowError) as error:
            raise InvalidSignatureError("incomplete") from error

    @classmethod
    def _of_header(cls, header: str, environ: "WSGIEnvironment") -> "RequestSignature":
        algorithm, _, rest = header.partition(" ")
        if algorithm != ALGORITHM:
            raise InvalidSignatureError("incomplete", _VERSION_2 if algorithm == "AWS" else "")
        found = _PARTS.findall(rest)
        parts = dict(found)
        if len(parts) != len(found):
            raise InvalidSignatureError("incomplete")
        access_key, scope = _credential(parts["Credential"])
        # Normalize the header, so that code that parses it later cannot find another service in it.
        environ["HTTP_AUTHORIZATION"] = (
            f"{ALGORITHM} Credential={parts['Credential']}, SignedHeaders={parts['SignedHeaders']}, "
            f"Signature={parts['Signature']}"
        )
        return cls(
            access_key=access_key,
            scope=scope,
            signed_at=_signed_at(environ),
            signed_headers=tuple(parts["SignedHeaders"].lower().split(";")),
            signature=parts["Signature"],
            security_token=environ.get("HTTP_X_AMZ_SECURITY_TOKEN"),
            expires_seconds=None,
        )

    @classmethod
    def _of_query(cls, query: dict[str, str]) -> "RequestSignature":
        if query["X-Amz-Algorithm"] != ALGORITHM:
            raise InvalidSignatureError("incomplete")
        access_key, scope = _credential(query["X-Amz-Credential"])
        expires = int(query["X-Amz-Expires"])
        if not 0 <= expires <= _LONGEST_SECONDS:
            raise InvalidSignatureError("incomplete", "X-Amz-Expires must be between 0 and 604800 seconds")
        return cls(
            access_key=access_key,
            scope=scope,
            signed_at=_parse(query["X-Amz-Date"]),
            signed_headers=tuple(query["X-Amz-SignedHeaders"].lower().split(";")),
            signature=query["X-Amz-Signature"],
            security_token=query.get("X-Amz-Security-Token"),
            expires_seconds=expires,
        )


_VERSION_2 = "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."


def raw_query(environ: "WSGIEnvironment") -> str:
    """Return the query of a request as the client sent it."""
    return str(environ.get("QUERY_STRING", ""))


def _credential(text: str) -> tuple[str, str]:
    access_key, date, region, service, terminator = text.split("/")
    if terminator != "aws4_request" or not (access_key and date and region and service):
        raise InvalidSignatureError("incomplete")
    return access_key, f"{date}/{region}/{service}/{terminator}"


def _signed_at(environ: "WSGIEnvironment") -> datetime.datetime:
    stated = environ.get("HTTP_X_AMZ_DATE")
    if stated is not None:
        return _parse(stated)
    return email.utils.parsedate_to_datetime(environ["HTTP_DATE"]).astimezone(datetime.UTC)


def _parse(timestamp: str) -> datetime.datetime:
    return datetime.datetime.strptime(timestamp, TIMESTAMP).replace(tzinfo=datetime.UTC)
