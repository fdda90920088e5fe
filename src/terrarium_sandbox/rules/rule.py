"""Definition of a rule: the requests that it examines, the error that AWS answers, and the published source."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO, Any, TypeAlias

from moto.core.base_backend import BackendDict

from terrarium_sandbox.http.aws_call import Call

__all__ = ["Check", "Request", "Rule", "rule"]


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request that passed authorization.

    Args:
        call: The operation and its parameters, as boto3 names them.
        account: The caller's account.
        access_key: The access key that signed the request.
        body: The body as it was sent, positioned at its beginning. A rule that reads it must rewind it.
    """

    call: Call
    account: str
    access_key: str | None = None
    body: IO[bytes] = field(default_factory=BytesIO)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The parameters, as boto3 names them."""
        return self.call.parameters

    @property
    def operation(self) -> str:
        """The operation, as boto3 names it: `CreateRole`."""
        return self.call.operation

    def get(self, parameter: str, default: Any = None) -> Any:
        """Return a parameter, or `default` if the request does not have it."""
        return self.call.parameters.get(parameter, default)

    def backend(self, registry: BackendDict[Any]) -> Any:
        """Return moto's backend of the caller's account, in the request's region or, for global services, of AWS."""
        regions = registry[self.account]
        return regions[self.call.region if self.call.region in regions.regions else "aws"]


Check: TypeAlias = Callable[[Request], str | None]
"""Returns the message of AWS' error if AWS refuses the request, else None."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule of AWS.

    Args:
        id: Its name, in lower case with hyphens: `managed-policy-size`.
        on: The calls it examines, as `service:Operation` with the service's prefix in IAM.
        statement: What AWS refuses, in one sentence.
        source: Where that is published: a document and its title, an API model, a public issue.
        code: The error code that AWS answers.
        status: The HTTP status that AWS answers.
        check: Returns the message of AWS' error for a request, or None.
        by_policies: Whether the rule evaluates policies. Such a rule applies only while IAM is enforced.
    """

    id: str
    on: tuple[str, ...]
    statement: str
    source: str
    code: str
    status: int
    check: Check
    by_policies: bool = False

    @property
    def service(self) -> str:
        """The IAM prefix of the service that the rule examines."""
        return self.on[0].partition(":")[0]


def rule(
    rule_id: str,
    *,
    on: tuple[str, ...],
    code: str,
    source: str,
    status: int = 400,
    by_policies: bool = False,
) -> Callable[[Check], Rule]:
    """Make a rule of a function. The first paragraph of the function's docstring states what AWS refuses.

    Args:
        rule_id: Its name, in lower case with hyphens.
        on: The calls it examines, as `service:Operation`.
        code: The error code that AWS answers.
        source: Where that is published.
        status: The HTTP status that AWS answers.
        by_policies: Whether the rule evaluates policies. Such a rule applies only while IAM is enforced.

    Example:
        >>> @rule("role-name-taken", on=("iam:CreateRole",), code="EntityAlreadyExists", status=409, source="…")
        ... def role_name_taken(request: Request) -> str | None:
        ...     \"\"\"A role's name must be free.\"\"\"
    """

    def make(check: Check) -> Rule:
        statement = " ".join((inspect.getdoc(check) or "").partition("\n\n")[0].split())
        return Rule(
            id=rule_id,
            on=on,
            statement=statement,
            source=source,
            code=code,
            status=status,
            check=check,
            by_policies=by_policies,
        )

    return make
