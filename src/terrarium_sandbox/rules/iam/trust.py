"""Rules of IAM about trust policies: the principals that they name must exist."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from moto.iam.models import IAMBackend, iam_backends

from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES", "missing_principal", "principals"]

_ON = ("iam:CreateRole", "iam:UpdateAssumeRolePolicy")
# Domains of service principals; `aws.internal` is the domain of services that are not public.
_SERVICE = re.compile(r"[a-z0-9][a-z0-9.-]*\.(amazonaws\.com|amazonaws\.com\.cn|aws\.internal)")
_IDENTITY = re.compile(r"arn:aws[a-z-]*:iam::(?P<account>\d{12}):(?P<kind>role|user)/(?P<name>.+)")


@rule(
    "trusted-principal-must-exist",
    on=_ON,
    code="MalformedPolicyDocument",
    source="IAM User Guide, Troubleshoot IAM policies: Invalid principal in policy",
)
def trusted_principal_must_exist(request: Request) -> str | None:
    """A trust policy may name roles and users of the account only if they exist."""
    missing = missing_principal(_document(request), request.account, request.backend(iam_backends))
    return None if missing is None else f'Invalid principal in policy: "AWS":"{missing}"'


@rule(
    "trusted-service-must-be-a-service",
    on=_ON,
    code="MalformedPolicyDocument",
    source="IAM JSON policy elements, Principal, AWS service principals; Troubleshoot IAM policies: Invalid principal",
)
def trusted_service_must_be_a_service(request: Request) -> str | None:
    """A service that a trust policy names must be an AWS service principal, such as `batch.amazonaws.com`."""
    for service in principals(_document(request), "Service"):
        if not _SERVICE.fullmatch(service):
            return f'Invalid principal in policy: "SERVICE":"{service}"'
    return None


@rule(
    "trust-policy-has-no-resource",
    on=_ON,
    code="MalformedPolicyDocument",
    source="IAM JSON policy elements, Resource: a role trust policy does not have one",
)
def trust_policy_has_no_resource(request: Request) -> str | None:
    """A trust policy must not have the element Resource."""
    if any("Resource" in statement for statement in _statements(_document(request))):
        return "Has prohibited field Resource"
    return None


def principals(document: Any, kind: str) -> Iterator[str]:
    """Yield the principals of one kind (`AWS`, `Service`) that a policy's statements name."""
    for statement in _statements(document):
        principal = statement.get("Principal")
        if isinstance(principal, Mapping):
            yield from _as_list(principal.get(kind, []))
        elif kind == "AWS" and isinstance(principal, str):
            yield principal


def missing_principal(document: Any, account: str, iam: IAMBackend) -> str | None:
    """Return the first role or user of `account` that a policy names and that does not exist; None if all exist."""
    for principal in principals(document, "AWS"):
        identity = _IDENTITY.fullmatch(principal)
        if identity is None or identity["account"] != account:
            continue  # the sandbox need not know the identities of another account
        held: Mapping[str, Any] = iam.roles if identity["kind"] == "role" else iam.users
        if principal not in {entity.arn for entity in list(held.values())}:
            return principal
    return None


def _document(request: Request) -> Any:
    text = request.get("AssumeRolePolicyDocument") or request.get("PolicyDocument") or "{}"
    try:
        return json.loads(text)
    except ValueError:
        return {}  # moto refuses it


def _statements(document: Any) -> list[Mapping[str, Any]]:
    found = document.get("Statement", []) if isinstance(document, Mapping) else []
    return [one for one in _as_list(found) if isinstance(one, Mapping)]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


RULES: tuple[Rule, ...] = (
    trusted_principal_must_exist,
    trusted_service_must_be_a_service,
    trust_policy_has_no_resource,
)
