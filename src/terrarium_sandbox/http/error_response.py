"""Error responses in the form of each AWS protocol."""

import json
import uuid
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response

from terrarium.plain_text import plain_text
from terrarium_sandbox.http.aws_request import AwsRequest

__all__ = ["RULE_HEADER", "denial_code", "error_response"]

RULE_HEADER = "x-terrarium-rule"
"""The header with the rule by which the sandbox refused a request."""


def error_response(
    request: AwsRequest, *, status: int, code: str, message: str, rule: str | None = None
) -> Response:
    """Return a response from which an AWS client raises `code` with `message`.

    https://smithy.io/2.0/aws/protocols/ describes the forms. Every response has a request id where clients of the
    protocol look for it: programs read it, for example moto's interpreter of state machines.

    Args:
        request: The request.
        status: The HTTP status.
        code: The error code.
        message: The message.
        rule: The id of the rule that refused the request.
    """
    request_id = str(uuid.uuid4())
    response = _response(request, status=status, code=code, message=message, request_id=request_id)
    response.headers["x-amz-request-id" if request.service in {"s3", None} else "x-amzn-RequestId"] = (
        request_id
    )
    if rule is not None:
        response.headers[RULE_HEADER] = rule
    return response


def _response(request: AwsRequest, *, status: int, code: str, message: str, request_id: str) -> Response:
    if request.protocol == "json" or (request.protocol == "rest" and request.service not in _XML_OVER_REST):
        return Response(
            json.dumps({"__type": code, "message": message}),
            status=status,
            content_type="application/json",
            headers={"x-amzn-ErrorType": code},
        )
    # XML has no control characters (XML 1.0, section 2.2, production 2), and messages quote values of requests.
    fault = f"<Code>{escape(code)}</Code><Message>{escape(plain_text(message))}</Message>"
    if request.service == "ec2":
        body = (
            f"<Response><Errors><Error>{fault}</Error></Errors><RequestID>{request_id}</RequestID></Response>"
        )
    elif request.protocol == "query" or request.service not in {"s3", None}:
        body = f"<ErrorResponse><Error>{fault}</Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    else:
        body = f"<Error>{fault}<RequestId>{request_id}</RequestId></Error>"
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>{body}', status=status, content_type="text/xml")


def denial_code(request: AwsRequest) -> str:
    """Return the code with which the service refuses a request that IAM denies."""
    if request.service in _DENIALS:
        return _DENIALS[request.service]
    in_xml = request.protocol == "query" or request.service in _XML_OVER_REST
    return "AccessDenied" if in_xml else "AccessDeniedException"


_DENIALS = {"ec2": "UnauthorizedOperation", "sns": "AuthorizationError"}
# None: unsigned requests are for S3, as in moto.
_XML_OVER_REST = frozenset({"s3", "cloudfront", "route53", None})
