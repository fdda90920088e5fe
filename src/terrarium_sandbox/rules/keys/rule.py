"""Rules about keys: what a request needs of KMS besides its own permission."""

import functools
from collections.abc import Callable, Iterable
from typing import TypeAlias

from terrarium_sandbox.rules.keys.use import KeyUse, refusal_of
from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["Uses", "caller_key_rule", "use"]

Uses: TypeAlias = Callable[[Request], Iterable[KeyUse]]


def caller_key_rule(
    rule_id: str, *, on: tuple[str, ...], source: str, code: str = "AccessDeniedException", status: int = 400
) -> Callable[[Uses], Rule]:
    """Make a rule of a function that returns the keys that a service uses in the name of the caller of a request.

    Args:
        rule_id: Its name.
        on: The calls it examines, as `service:Operation`.
        source: Where it is published that the caller needs the permissions.
        code: The error code that AWS answers.
        status: The HTTP status that AWS answers.
    """

    def make(uses: Uses) -> Rule:
        @functools.wraps(uses)
        def check(request: Request) -> str | None:
            refusals = (refusal_of(one, access_key=request.access_key) for one in uses(request))
            return next((refusal for refusal in refusals if refusal is not None), None)

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
    """Return a use of a key by the service that a request calls, in the caller's name.

    Args:
        request: The request.
        key: The key: its ARN, id, alias or the alias' ARN.
        actions: What is asked of KMS.
        via: The service, as its address begins. Omitted: the one that the request calls.
        context: The encryption context.
        account: Where a bare id or alias is looked up. Omitted: the caller's.
    """
    return KeyUse(
        key=key,
        actions=actions,
        account=account or request.account,
        region=request.call.region,
        via=via or request.call.service,
        context=context or {},
    )
