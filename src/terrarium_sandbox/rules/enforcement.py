"""Evaluation of the rules for a request."""

from collections import defaultdict
from collections.abc import Iterable
from contextlib import AbstractContextManager

from terrarium_sandbox.rules.rule import Request, Rule

__all__ = ["RuleBook", "RuleViolationError"]


class RuleViolationError(Exception):
    """The error response of AWS to a request that violates a rule or the service model.

    Args:
        message: AWS' message.
        code: AWS' error code.
        status: AWS' HTTP status.
        rule: The id of the rule that refused the request.
    """

    def __init__(self, message: str, *, code: str, status: int, rule: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status
        self.rule = rule


class RuleBook:
    """All rules, indexed by the operations that they examine.

    Args:
        rules: All rules.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_call: dict[str, list[Rule]] = defaultdict(list)
        for rule in rules:
            for call in rule.on:
                self._by_call[call].append(rule)

    def check(self, request: Request, *, policies: AbstractContextManager[object] | None) -> None:
        """Raise the error of the first rule that refuses a request.

        Args:
            request: The request.
            policies: A lock against changes of policies. None while IAM is not enforced.

        Raises:
            RuleViolationError: A rule refuses the request.
        """
        rules = self._by_call.get(request.call.name, ())
        self._check(request, [rule for rule in rules if not rule.by_policies])
        by_policies = [rule for rule in rules if rule.by_policies]
        if by_policies and policies is not None:
            with policies:
                self._check(request, by_policies)

    def _check(self, request: Request, rules: Iterable[Rule]) -> None:
        for rule in rules:
            message = rule.check(request)
            if message is not None:
                raise RuleViolationError(message, code=rule.code, status=rule.status, rule=rule.id)
