"""Asks the rules about a request."""

from collections import defaultdict
from collections.abc import Iterable

from terrarium.sandbox.rules.rule import Request, Rule

__all__ = ["Refusal", "RuleBook"]


class Refusal(Exception):  # noqa: N818 - it is AWS' answer, and no error of ours
    """An error that AWS answers to a request.

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
    """The rules, by the calls that they examine.

    Args:
        rules: All of them.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_call: dict[str, list[Rule]] = defaultdict(list)
        for rule in rules:
            for call in rule.on:
                self._by_call[call].append(rule)

    def check(self, request: Request) -> None:
        """Raise the error of the first rule that refuses a request.

        Raises:
            Refusal: A rule refuses it.
        """
        for rule in self._by_call.get(request.call.name, ()):
            message = rule.check(request)
            if message is not None:
                raise Refusal(message, code=rule.code, status=rule.status, rule=rule.id)
