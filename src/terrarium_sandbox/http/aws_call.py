"""What a request asks for, whatever protocol it comes in: operation and parameters, by AWS' own service models."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from werkzeug.exceptions import NotFound

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = ["Call", "model_name", "read_call"]

# Where the name that signs is not the service model's, or not IAM's.
_MODELS = {
    "monitoring": "cloudwatch",
    "states": "stepfunctions",
    "tag": "resourcegroupstaggingapi",
    "tagging": "resourcegroupstaggingapi",
}
_PREFIXES = {"monitoring": "cloudwatch", "tagging": "tag"}


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call of an operation.

    Args:
        service: The prefix of its actions in IAM: `s3`, `states`, `cloudwatch`.
        operation: As the service's model names it.
        parameters: As boto3 names them.
        region: Where.
        headers: The request's headers, by lower-case name.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    region: str
    headers: Mapping[str, str]

    @property
    def name(self) -> str:
        """Service and operation: what tables are keyed by."""
        return f"{self.service}:{self.operation}"


def model_name(name: str) -> str:
    """Return the name of the model of the service that signs as `name`, or has it as its prefix in IAM."""
    return _MODELS.get(name, name)


def read_call(environ: "WSGIEnvironment", *, signing_name: str, region: str) -> Call | None:
    """Read a request, whose body must be seekable and is left at its beginning.

    Returns:
        The call; None if AWS has no such operation.
    """
    service = model_name(signing_name)
    request = Request(environ, populate_request=False)
    try:
        operation, uri_parameters = get_service_router(service).match(request)
        parameters = _parameters(service, operation, request, uri_parameters)
    except NotFound:
        return None
    finally:
        environ["wsgi.input"].seek(0)
    return Call(
        service=_PREFIXES.get(signing_name, signing_name),
        operation=operation.name,
        parameters=parameters,
        region=region,
        headers={name.lower(): value for name, value in request.headers.items()},
    )


def _parameters(
    service: str, operation: Any, request: Request, uri_parameters: Mapping[str, Any]
) -> Mapping[str, Any]:
    protocol = determine_request_protocol(get_service_model(service), request.content_type)
    streamed = operation.has_streaming_input  # an object's body, which no policy and no rule reads from here
    parsed = PROTOCOL_PARSERS[protocol](operation).parse(
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
