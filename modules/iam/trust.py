"""Trust policies: the principals that may assume a role."""

from collections.abc import Mapping

from modules.iam.statement import Statement
from modules.names import Names

__all__ = ["trust_of_account", "trust_of_principals", "trust_of_services", "trusts_account"]


def trust_of_services(
    *services: str, names: Names, source: str | None = None, of_account: bool = True
) -> tuple[Statement, ...]:
    """Return the trust in AWS services that act for the environment's own account (prevents the confused deputy).

    Args:
        services: The services, as in `ecs-tasks.amazonaws.com`.
        names: The names of the environment's resources.
        source: A pattern for the ARN of the resource that the service acts for, if the service sends it.
        of_account: False for services that do not send the account that they act for, such as EC2. Only a principal of
            the account can pass the role to these (`iam:PassRole`).
    """
    conditions: dict[str, dict[str, str]] = {}
    if of_account:
        conditions["StringEquals"] = {"aws:SourceAccount": names.account}
    if source is not None:
        conditions["ArnLike"] = {"aws:SourceArn": source}
    return (
        Statement(
            sid="Service",
            actions=("sts:AssumeRole",),
            principals={"Service": services},
            conditions=conditions,
        ),
    )


def trust_of_account(names: Names, *, only: tuple[str, ...]) -> Statement:
    """Return the trust in the principals of the account whose ARN matches one of the patterns `only`.

    A principal that a trust policy names must exist (`MalformedPolicyDocument: Invalid principal in policy`, IAM User
    Guide, "Troubleshoot IAM roles"); one that a condition names need not.
    """
    condition = {"ArnLike": {"aws:PrincipalArn": only}}
    return _people("PeopleByPattern", (names.root_arn(names.account),), condition)


def trust_of_principals(principals: tuple[str, ...], *, names: Names) -> tuple[Statement, ...]:
    """Return the trust in IAM principals; without any, in every principal that IAM policies of the account allow.

    Args:
        principals: ARNs. An ARN with `*` or `?` is a pattern, for roles whose names end with a suffix of AWS, such as
            those of permission sets of IAM Identity Center.
        names: The names of the environment's resources.
    """
    patterns = tuple(principal for principal in principals if {"*", "?"} & set(principal))
    exact = tuple(principal for principal in principals if principal not in patterns)
    trust = []
    if exact or not patterns:
        trust.append(_people("People", exact or (names.root_arn(names.account),)))
    if patterns:
        # The element Principal accepts no patterns: it names the account, and the condition names the principals.
        accounts = dict.fromkeys(names.root_arn(pattern.split(":")[4]) for pattern in patterns)
        condition = {"ArnLike": {"aws:PrincipalArn": patterns}}
        trust.append(_people("PeopleByPattern", tuple(accounts), condition))
    return tuple(trust)


def trusts_account(principals: tuple[str, ...]) -> bool:
    """Return whether `trust_of_principals` trusts an account, whose IAM policies or a condition select principals."""
    return not principals or any({"*", "?"} & set(principal) for principal in principals)


def _people(
    sid: str,
    principals: tuple[str, ...],
    conditions: Mapping[str, Mapping[str, tuple[str, ...]]] | None = None,
) -> Statement:
    return Statement(
        sid=sid,
        actions=("sts:AssumeRole", "sts:TagSession"),
        principals={"AWS": principals},
        conditions=conditions or {},
    )
