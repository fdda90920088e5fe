"""Authentication of requests: by a signature with a key that the sandbox issued, or by a token of this process."""

import datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from terrarium_sandbox.http.aws_request import AwsRequest
from terrarium_sandbox.signature.errors import InvalidSignatureError, error_code, error_message, error_status
from terrarium_sandbox.signature.verification import verify_signature
from terrarium_sandbox.web_identity_token import TokenExpiredError, TokenInvalidError, WebIdentityTokens

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = ["AuthenticationError", "authenticate"]

_WEB_IDENTITY = "AssumeRoleWithWebIdentity"


class AuthenticationError(Exception):
    """The sender of a request is not known; the response is that of AWS.

    Args:
        status: The HTTP status.
        code: AWS' error code.
        message: AWS' message.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def authenticate(environ: "WSGIEnvironment", request: AwsRequest, tokens: WebIdentityTokens) -> None:
    """Verify the sender of a request whose body was received.

    Services of the sandbox run programs for their callers. So it answers only callers who can read its home: no other
    user of the machine, and no web page. AWS answers some requests without a signature. Of these, the sandbox answers
    AssumeRoleWithWebIdentity, if this process has issued the token.

    Args:
        environ: The request.
        request: Its service and protocol.
        tokens: Issues and verifies web identity tokens.

    Raises:
        AuthenticationError: The sender is not known.
    """
    if request.access_key is None and request.operation == _WEB_IDENTITY:
        _verify_token(_form(environ).get("WebIdentityToken", [""])[0], tokens)
        return
    try:
        signature = verify_signature(environ, now=datetime.datetime.now(datetime.UTC))
        # Services must see the signer that was verified.
        if (signature.access_key, signature.service.lower()) != (request.access_key, request.service):
            raise InvalidSignatureError("incomplete")
    except InvalidSignatureError as error:
        raise AuthenticationError(
            error_status(request, error.fault),
            error_code(request, error.fault),
            error_message(request, error),
        ) from error


def _form(environ: "WSGIEnvironment") -> dict[str, list[str]]:
    body = environ["wsgi.input"]
    form = parse_qs(body.read().decode(errors="replace"))
    body.seek(0)
    return form


def _verify_token(token: str, tokens: WebIdentityTokens) -> None:
    # Codes and messages: STS API Reference, AssumeRoleWithWebIdentity, "Errors".
    try:
        tokens.verify(token)
    except TokenExpiredError as error:
        raise AuthenticationError(
            400, "ExpiredTokenException", "The web identity token that was passed is expired or is not valid."
        ) from error
    except TokenInvalidError as error:
        raise AuthenticationError(
            400,
            "InvalidIdentityToken",
            "The web identity token that was passed could not be validated by AWS. The sandbox accepts the tokens "
            "that it issued since it started: `terrarium sandbox web-identity-token`",
        ) from error
