"""STS: credentials that belong to the account of the caller."""

import datetime
from collections.abc import Callable
from typing import Any, cast

from moto.core.responses import ActionResult
from moto.iam.models import iam_backends
from moto.sts.models import AssumedRole
from moto.sts.responses import TokenResponse
from moto.sts.utils import random_session_token

from terrarium_sandbox.authorization.principal import ISSUED
from terrarium_sandbox.patches import patch, wrap
from terrarium_sandbox.sandbox import Sandbox
from terrarium_sandbox.signature.issued_key import record_session_token

__all__ = ["install"]


def install(sandbox: Sandbox) -> None:  # noqa: ARG001 - the service protocol
    """Correct moto's STS."""
    for operation in ("get_session_token", "get_federation_token"):
        patch(
            TokenResponse,
            operation,
            _with_real_credentials(getattr(TokenResponse, operation)),
            reason="moto returns the same example key to all callers, and it belongs to no account.",
        )

    @wrap(AssumedRole, "__init__", reason="moto does not store when a session was issued.")
    def stamped(
        original: Callable[..., None], session: AssumedRole, *arguments: Any, **keywords: Any
    ) -> None:
        original(session, *arguments, **keywords)
        setattr(session, ISSUED, datetime.datetime.now(datetime.UTC))


def _with_real_credentials(
    answer: Callable[[TokenResponse], ActionResult],
) -> Callable[[TokenResponse], ActionResult]:
    def issue(self: TokenResponse) -> ActionResult:
        result = cast("dict[str, dict[str, object]]", answer(self).result)
        key = iam_backends[self.current_account][self.partition].create_temp_access_key()
        token = random_session_token()
        expires = cast("datetime.datetime", result["Credentials"]["Expiration"])
        record_session_token(key, token, expires.replace(tzinfo=expires.tzinfo or datetime.UTC))
        result["Credentials"] |= {
            "AccessKeyId": key.access_key_id,
            "SecretAccessKey": key.secret_access_key,
            "SessionToken": token,
        }
        return ActionResult(result)

    return issue
