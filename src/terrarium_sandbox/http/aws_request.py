"""What a request says about itself, in any of AWS' protocols."""

import shutil
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from werkzeug.wsgi import get_input_stream

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = ["AwsRequest", "presigned_access_key", "receive_body"]

_IN_MEMORY_BYTES = 1 << 20
_READS = ("BatchGet", "Describe", "Get", "Head", "List", "Query", "Scan", "Simulate")


@dataclass(frozen=True)
class AwsRequest:
    """Service and operation of a request, and who signed it.

    `service` and `region` are those in the signature's scope (`s3`, `elasticfilesystem`), None if it is not signed.
    `operation` is as AWS names it where the protocol says so, else method and path.
    """

    service: str | None
    access_key: str | None
    operation: str
    protocol: str  # "query", "json" or "rest"
    region: str | None = None

    @classmethod
    def of(cls, environ: "WSGIEnvironment") -> "AwsRequest":
        """Read the request's headers and, for the query protocol, its body (which must be received)."""
        access_key, region, service = _signer(environ)
        protocol, operation = _operation(environ)
        return cls(
            service=service, region=region, access_key=access_key, operation=operation, protocol=protocol
        )

    @property
    def reads_only(self) -> bool:
        """Whether the operation, by its name, changes nothing."""
        return self.operation.startswith(("GET ", "HEAD ", *_READS))


def receive_body(environ: "WSGIEnvironment") -> None:
    """Take the whole body off the network, so that nobody waits for a slow sender while holding a lock."""
    body = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - lives as long as the request
    shutil.copyfileobj(get_input_stream(environ), body)
    environ["CONTENT_LENGTH"] = str(body.tell())
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    body.seek(0)
    environ["wsgi.input"] = body


def presigned_access_key(query_string: str) -> str | None:
    """The access key that signed an address, if that is a presigned one (signature version 4)."""
    return parse_qs(query_string).get("X-Amz-Credential", [""])[0].partition("/")[0] or None


def _signer(environ: "WSGIEnvironment") -> tuple[str | None, str | None, str | None]:
    """Access key, region and service, from the signature in the header or in a presigned address."""
    _, _, rest = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")
    query = parse_qs(environ.get("QUERY_STRING", ""))
    scope = rest.partition(",")[0] or query.get("X-Amz-Credential", [""])[0]
    parts = scope.strip().split("/")  # key / date / region / service / aws4_request
    if len(parts) == 5:
        return parts[0], parts[2], parts[3].lower()
    if "AWSAccessKeyId" in query:  # presigned the old way, which only S3 still takes
        return query["AWSAccessKeyId"][0], None, "s3"
    return None, None, None


def _operation(environ: "WSGIEnvironment") -> tuple[str, str]:
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        return "json", target.rpartition(".")[2]
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        body = environ["wsgi.input"]
        action = parse_qs(body.read().decode(errors="replace")).get("Action")
        body.seek(0)
        if action:
            return "query", action[0]
    return "rest", f"{environ['REQUEST_METHOD']} {environ.get('PATH_INFO', '/')}"
