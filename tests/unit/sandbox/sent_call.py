"""The call that the sandbox parses from a request of boto3."""

import io
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from werkzeug.test import EnvironBuilder

from terrarium_sandbox.http.aws_call import Call
from terrarium_sandbox.http.aws_request import AwsRequest

__all__ = ["REGION", "call_by", "call_of", "client_of"]

REGION = "eu-central-1"


class SentError(Exception):
    """Carries the request that boto3 would have sent."""

    def __init__(self, request: AWSPreparedRequest) -> None:
        self.request: Any = request


def call_of(service: str, operation: str, /, **parameters: Any) -> Call:
    """Return the call that the sandbox reads when boto3 makes it."""
    return call_by(client_of(service), operation, **parameters)


def client_of(service: str, **configuration: Any) -> Any:
    """Return a client whose requests are not sent; `configuration` is for botocore's `Config`."""
    session = boto3.Session("k", "s", region_name=REGION)
    client = session.client(  # type: ignore[call-overload] # any service
        service, endpoint_url="http://127.0.0.1:1", config=Config(**configuration)
    )

    def catch(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        raise SentError(request)

    client.meta.events.register("before-send", catch)
    return client


def call_by(client: Any, operation: str, /, **parameters: Any) -> Call:
    """Return the call that the sandbox reads when a client of `client_of` makes it."""
    with pytest.raises(SentError) as caught:
        getattr(client, operation)(**parameters)
    request = caught.value.request
    body = request.body or b""
    data: bytes = body.read() if hasattr(body, "read") else body.encode() if isinstance(body, str) else body
    environ = EnvironBuilder(
        method=request.method,
        base_url="http://127.0.0.1:1",
        path=request.url.removeprefix("http://127.0.0.1:1"),
        headers=[(name, _text(value)) for name, value in request.headers.items()],
        data=data,
    ).get_environ()
    environ["wsgi.input"] = io.BytesIO(data)
    call = AwsRequest.of(environ).call()
    assert call is not None
    assert environ["wsgi.input"].read() == data, "the service still reads the body"
    return call


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
