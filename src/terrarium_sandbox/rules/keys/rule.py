"""Rules about keys: the KMS permissions that a request requires in addition to its own permission."""

import functools
from collections.abc import Callable, Iterable
from typing import TypeAlias

from terrarium_sandbox.rules.keys.use import KeyUse, kms_denial
from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["Uses", "caller_key_rule", "use"]

Uses: TypeAlias = Callable[[Request], Iterable[KeyUse]]


def caller_key_rule(
    rule_id: str, *, on: tuple[str, ...], source: str, code: str = "AccessDeniedException", status: int = 400
) -> Callable[[Uses], Rule]:
    """Make a rule of a function that returns the uses of keys by a service in the name of the caller.

    Args:
        rule_id: The rule's name.
        on: The calls it examines, as `service:Operation`.
        source: The publication that states that the caller needs the permissions.
        code: The error code that AWS answers.
        status: The HTTP status that AWS answers.
    """

    def make(uses: Uses) -> Rule:
        @functools.wraps(uses)
        def check(request: Request) -> str | None:
            denials = (kms_denial(one, access_key=request.access_key) for one in uses(request))
            return next((refusal for refusal in denials if refusal is not None), None)

        return rule(rule_id, on=on, code=code, source=source, status=status, by_policies=True)(check)

    return make


def use(
    request: Request,
    key: str,
    *actions: str,
    via: str | None = None,
    context: dict[str, str] | None = None,
    account: str | None = None,
) -> KeyUse:
    """Return the use of a key, in the caller's name, by the service that a request calls.

    Args:
        request: The request.
        key: The key: its ARN, id, alias or the alias' ARN.
        actions: The KMS actions.
        via: The service, as in its endpoint (`s3`). The default is the service that the request calls.
        context: The encryption context.
        account: The account in which a bare id or alias is looked up. The default is the caller's account.
    """
    return KeyUse(
        key=key,
        actions=actions,
        account=account or request.account,
        region=request.call.region,
        via=via or request.call.service,
        context=context or {},
    )
