"""Requests in any protocol of AWS: the signer, the service, and the call of an operation."""

import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs

from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.wsgi import get_input_stream

from terrarium_sandbox.http.aws_call import Call, model_name

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = ["AwsRequest", "presigned_access_key", "receive_body"]

_IN_MEMORY_BYTES = 1 << 20
_READS = ("BatchGet", "Describe", "Get", "Head", "List", "Query", "Scan", "Simulate")
# Unsigned requests exchange a foreign token for credentials; other unsigned requests are refused.
_UNSIGNED_SERVICE = "sts"
_DEFAULT_REGION = "us-east-1"
# Services whose prefix of actions in IAM is not their signing name.
_PREFIXES = {"monitoring": "cloudwatch", "tagging": "tag"}


class _Operation(NamedTuple):
    """The operation of a service's model that matches a request."""

    service: str
    model: Any
    uri_parameters: Mapping[str, Any]
    request: Request


@dataclass(frozen=True)
class AwsRequest:
    """Signer, service and operation of a request.

    Attributes:
        service: The service in the scope of the signature (`s3`, `elasticfilesystem`); None without a signature.
        access_key: The access key of the signer; None without a signature.
        operation: The name in the service's model, or else that of the protocol: method and path, for example.
        protocol: `query`, `json` or `rest`.
        region: The region in the scope of the signature.
    """

    service: str | None
    access_key: str | None
    operation: str
    protocol: str
    region: str | None = None
    _matched: _Operation | Exception | None = None

    @classmethod
    def of(cls, environ: "WSGIEnvironment") -> "AwsRequest":
        """Parse a request whose body was received; the body stays at its beginning."""
        access_key, region, service = _signer(environ)
        request = Request(environ, populate_request=False)
        protocol, name = _protocol(request)
        matched = _match(request, service or _UNSIGNED_SERVICE)
        environ["wsgi.input"].seek(0)
        return cls(
            service=service,
            access_key=access_key,
            operation=matched.model.name if isinstance(matched, _Operation) else name,
            protocol=protocol,
            region=region,
            _matched=matched,
        )

    @property
    def reads_only(self) -> bool:
        """True if the name of the operation is that of a read."""
        return self.operation.startswith(("GET ", "HEAD ", *_READS))

    def call(self) -> Call | None:
        """Parse the parameters; None if AWS has no such operation.

        Raises:
            Exception: The request does not have the form that the service's model describes.
        """
        if isinstance(self._matched, Exception):
            raise self._matched
        if self._matched is None:
            return None
        name = self.service or _UNSIGNED_SERVICE
        request = self._matched.request
        try:
            parameters = _parameters(self._matched)
        except NotFound:
            return None
        finally:
            request.environ["wsgi.input"].seek(0)
        return Call(
            service=_PREFIXES.get(name, name),
            operation=self.operation,
            parameters=parameters,
            region=self.region or _DEFAULT_REGION,
            headers={name.lower(): value for name, value in request.headers.items()},
        )


def receive_body(environ: "WSGIEnvironment") -> None:
    """Receive the whole body, so that a slow sender does not make others wait for a lock."""
    body = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - open as long as the request
    shutil.copyfileobj(get_input_stream(environ), body)
    environ["CONTENT_LENGTH"] = str(body.tell())
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    body.seek(0)
    environ["wsgi.input"] = body


def presigned_access_key(query_string: str) -> str | None:
    """Return the access key of a URL that is presigned with signature version 4, else None."""
    return parse_qs(query_string).get("X-Amz-Credential", [""])[0].partition("/")[0] or None


def _signer(environ: "WSGIEnvironment") -> tuple[str | None, str | None, str | None]:
    """Return access key, region and service of the signature in the header or in a presigned URL."""
    _, _, rest = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")
    query = parse_qs(environ.get("QUERY_STRING", ""))
    scope = rest.partition(",")[0] or query.get("X-Amz-Credential", [""])[0]
    parts = scope.strip().split("/")  # key / date / region / service / aws4_request
    if len(parts) == 5:
        return parts[0], parts[2], parts[3].lower()
    if "AWSAccessKeyId" in query:  # presigned with signature version 2, which only S3 accepts
        return query["AWSAccessKeyId"][0], None, "s3"
    return None, None, None


def _protocol(request: Request) -> tuple[str, str]:
    """Return the protocol, and the operation as the protocol names it."""
    target = request.headers.get("X-Amz-Target")
    if target:
        return "json", target.rpartition(".")[2]
    if request.mimetype == "application/x-www-form-urlencoded":
        with suppress(HTTPException):  # a form that is too large; the call raises it again
            if action := request.form.get("Action"):
                return "query", action
    return "rest", f"{request.method} {request.path}"


def _match(request: Request, signing_name: str) -> _Operation | Exception | None:
    service = model_name(signing_name)
    try:
        model, uri_parameters = get_service_router(service).match(request)
    except NotFound:
        return None
    except Exception as error:  # noqa: BLE001 - raised where IAM has to examine the call
        return error
    return _Operation(service, model, uri_parameters, request)


def _parameters(operation: _Operation) -> Mapping[str, Any]:
    service, model, uri_parameters, request = operation
    protocol = determine_request_protocol(get_service_model(service), request.content_type)
    streamed = model.has_streaming_input  # the body of an object, which no policy and no rule examines
    parsed = PROTOCOL_PARSERS[protocol](model).parse(
        {
            "method": request.method,
            "values": request.args if streamed else request.values,
            "headers": request.headers,
            "body": b"" if streamed else request.data,
            "url_path": request.path,
            "url_params": dict(uri_parameters),
        }
    )
    return {name: value for name, value in parsed.items() if value is not None}
