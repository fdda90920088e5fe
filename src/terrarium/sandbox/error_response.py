"""Errors in the form in which the clients of each AWS protocol expect them."""

import json
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response

from terrarium.sandbox.aws_request import AwsRequest

__all__ = ["denial_code", "error_response"]


def error_response(request: AwsRequest, *, status: int, code: str, message: str) -> Response:
    """An answer from which an AWS client raises `code` with `message`.

    https://smithy.io/2.0/aws/protocols/ describes the forms.
    """
    if request.protocol == "json" or (request.protocol == "rest" and request.service not in _XML_OVER_REST):
        return Response(
            json.dumps({"__type": code, "message": message}),
            status=status,
            content_type="application/json",
            headers={"x-amzn-ErrorType": code},
        )
    error = f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
    if request.service == "ec2":
        error = f"<Response><Errors>{error}</Errors><RequestID>terrarium</RequestID></Response>"
    elif request.protocol == "query" or request.service not in {"s3", None}:
        error = f"<ErrorResponse>{error}<RequestId>terrarium</RequestId></ErrorResponse>"
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>{error}', status=status, content_type="text/xml")


def denial_code(request: AwsRequest) -> str:
    """What the service calls it when IAM refuses a request."""
    if request.service in _DENIALS:
        return _DENIALS[request.service]
    in_xml = request.protocol == "query" or request.service in _XML_OVER_REST
    return "AccessDenied" if in_xml else "AccessDeniedException"


_DENIALS = {"ec2": "UnauthorizedOperation", "sns": "AuthorizationError"}
# None: what is not signed is taken for S3, as moto does.
_XML_OVER_REST = frozenset({"s3", "cloudfront", "route53", None})
