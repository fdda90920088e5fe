"""Translation of botocore's errors into errors of Terrarium, with remedies."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from terrarium.errors import (
    AccessDeniedError,
    CredentialsExpiredError,
    CredentialsInvalidError,
    CredentialsNotFoundError,
    EndpointUnreachableError,
    Error,
    RegionNotFoundError,
    RequestRefusedError,
)

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError, ClientError

__all__ = ["explanation_of_boto", "translate_errors"]

_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
_INVALID = {
    "AuthFailure",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidToken",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
# Codes of services that report a refusal by KMS: the caller may use the service, but not the key.
_KEY_DENIED = {
    "KMS.AccessDeniedException",  # SQS
    "KMSAccessDenied",  # SNS
    "KmsAccessDeniedException",  # Step Functions
}
_DENIED = {
    "403",  # the response to a HEAD has no body with a code
    "AccessDenied",
    "AccessDeniedException",
    *_KEY_DENIED,
    "UnauthorizedOperation",
}
# Codes for requests that never succeed. They depend on the protocol of the service.
_NOT_VALID = {
    "ClientException",  # Batch
    "InvalidArgument",
    "InvalidArn",
    "InvalidExecutionInput",
    "InvalidName",
    "InvalidParameterCombination",
    "InvalidParameterException",
    "InvalidParameterValue",
    "InvalidParameterValueException",
    "InvalidRequestException",
    "KeyTooLongError",
    "ValidationError",
    "ValidationException",
}
_RENEW = "renew them (`aws sso login`, or a fresh session token), and retry"


@contextmanager
def translate_errors(doing: str) -> Iterator[None]:
    """Translate errors of AWS that users can fix into errors of Terrarium; pass all others on.

    Args:
        doing: The action, as in "cannot <doing>".
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        explanation = explanation_of_boto(error, doing)
        if explanation is None:
            raise
        raise explanation from error


def explanation_of_boto(error: Exception, doing: str) -> Error | None:
    """Return Terrarium's error for an error of boto3; None for errors that users cannot fix."""
    from botocore.exceptions import BotoCoreError, ClientError

    if isinstance(error, ClientError):
        return _of_service(error, doing)
    return _of_client(error, doing) if isinstance(error, BotoCoreError) else None


def _of_service(error: "ClientError", doing: str) -> Error | None:
    code = error.response.get("Error", {}).get("Code", "")
    message = error.response.get("Error", {}).get("Message", "")
    problem = f"cannot {doing}: {code}: {message}"
    if code in _EXPIRED:
        return CredentialsExpiredError(f"cannot {doing}: the AWS credentials have expired", remedy=_RENEW)
    if code == "400" and error.operation_name.startswith("Head"):
        # The answer to a HEAD has no body: "a generic code, such as 400 Bad Request" (S3 API Reference, HeadObject).
        return CredentialsExpiredError(
            f"cannot {doing}: S3 refuses the request and does not state why, as it does where credentials have expired",
            remedy=_RENEW,
        )
    if code in _INVALID:
        return CredentialsInvalidError(
            problem,
            remedy="check AWS_PROFILE, or AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN",
        )
    if code in _KEY_DENIED or (code in _DENIED and "to perform: kms:" in message):
        return AccessDeniedError(
            problem,
            remedy="ask for a role that may use the environment's key through this service, as its `scientist` may, or "
            "assume it (`aws sts get-caller-identity` shows your present role). If it is a role of the environment, an "
            "older release deployed it: deploy the environment again",
        )
    if code in _DENIED:
        return AccessDeniedError(
            problem,
            remedy=f"ask for a role that allows {error.operation_name}, or assume it "
            "(`aws sts get-caller-identity` shows your present role)",
        )
    if code in _NOT_VALID:
        return RequestRefusedError(
            problem, remedy="give values that the service accepts; its message names them"
        )
    return None


def _of_client(error: "BotoCoreError", doing: str) -> Error | None:
    from botocore import exceptions as botocore

    match error:
        case botocore.NoCredentialsError() | botocore.PartialCredentialsError() | botocore.ProfileNotFound():
            return CredentialsNotFoundError(
                f"cannot {doing}: {error}",
                remedy="log in to AWS (`terrarium login`, `aws sso login`, AWS_PROFILE, AWS_ACCESS_KEY_ID ...), "
                'or use the sandbox: eval "$(terrarium sandbox env)"',
            )
        case (
            botocore.UnauthorizedSSOTokenError()
            | botocore.SSOTokenLoadError()
            | botocore.TokenRetrievalError()
            | botocore.CredentialRetrievalError()
        ):
            return CredentialsExpiredError(f"cannot {doing}: {error}", remedy=_RENEW)
        case botocore.ParamValidationError():
            return RequestRefusedError(
                f"cannot {doing}: {' '.join(str(error).split())}",
                remedy="give values of the types that the message names",
            )
        case botocore.NoRegionError():
            return RegionNotFoundError(
                f"cannot {doing}: no AWS region is configured",
                remedy="set AWS_DEFAULT_REGION, or `region` in the profile, to the region of the environment",
            )
        case botocore.HTTPClientError() | botocore.EndpointConnectionError() | botocore.ConnectionError():
            return EndpointUnreachableError(f"cannot {doing}: {error}", remedy=_reach_remedy(str(error)))
        case _:
            return None


def _reach_remedy(text: str) -> str:
    if any(loopback in text for loopback in ("//127.0.0.1", "//localhost", "//[::1]")):
        return "AWS_ENDPOINT_URL points to this machine and nothing answers there: `terrarium sandbox up`"
    return "check the network, a proxy or VPN, AWS_ENDPOINT_URL and the region"
