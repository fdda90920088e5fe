"""Decision of IAM from all policies that apply.

Source: IAM User Guide, "Policy evaluation logic".
"""

from dataclasses import dataclass

from terrarium_sandbox.authorization.policy import Policy, Question
from terrarium_sandbox.authorization.principal import Principal

__all__ = ["Decision", "ResourcePolicy", "decide", "decide_service"]


@dataclass(frozen=True)
class Decision:
    """Decision about a call; the reason of a denial has AWS' wording."""

    allowed: bool
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ResourcePolicy:
    """The policy of a resource.

    Args:
        policy: The policy.
        account: The account that owns the resource.
        exclusive: Whether identity-based policies count only if this one allows the account, as for keys and trust
            policies of roles; otherwise, either of the two suffices within an account.
    """

    policy: Policy
    account: str
    exclusive: bool = False


def decide(principal: Principal, question: Question, resource: ResourcePolicy | None = None) -> Decision:
    """Decide whether `principal` may act on a resource, which may have a resource-based policy."""
    denial = _explicit_denial(principal, question, resource)
    if denial:
        return denial
    same_account = resource is None or resource.account == principal.account
    by_name = resource is not None and _allows(resource, question, {"AWS": principal.names})
    if by_name and same_account:
        return Decision(allowed=True)
    delegated = resource is not None and (
        by_name
        or _allows(resource, question, {"AWS": frozenset({principal.account_root, principal.account})})
    )
    if resource is not None and not delegated and (resource.exclusive or not same_account):
        return _refusal(principal, question, "because no resource-based policy allows the {action} action")
    return _decide_identity(principal, question)


def decide_service(service: str, question: Question, resource: ResourcePolicy | None) -> Decision:
    """Decide whether a service may act on a resource as itself: only the resource-based policy counts.

    Args:
        service: The service principal, such as `events.amazonaws.com`.
        question: The action, resource and context.
        resource: The policy of the resource.
    """
    names = {"Service": frozenset({service})}
    answer = None if resource is None else resource.policy.answer_to(question, names)
    if answer == "Allow":
        return Decision(allowed=True)
    because = (
        "with an explicit deny in a resource-based policy"
        if answer == "Deny"
        else f"because no resource-based policy allows the {question.action} action"
    )
    return Decision(
        allowed=False,
        reason=f"{service} is not authorized to perform: {question.action} "
        f"on resource: {question.resource} {because}",
    )


def _decide_identity(principal: Principal, question: Question) -> Decision:
    if not any(policy.answer(question) == "Allow" for policy in principal.policies):
        return _refusal(principal, question, "because no identity-based policy allows the {action} action")
    if principal.boundary is not None and principal.boundary.answer(question) != "Allow":
        return _refusal(principal, question, "because no permissions boundary allows the {action} action")
    if principal.session_policy is not None and principal.session_policy.answer(question) != "Allow":
        return _refusal(principal, question, "because no session policy allows the {action} action")
    return Decision(allowed=True)


def _explicit_denial(
    principal: Principal, question: Question, resource: ResourcePolicy | None
) -> Decision | None:
    denials = (
        ("an identity-based policy", any(one.answer(question) == "Deny" for one in principal.policies)),
        ("a permissions boundary", _denies(principal.boundary, question)),
        ("a session policy", _denies(principal.session_policy, question)),
        (
            "a resource-based policy",
            resource is not None and resource.policy.answer_to(question, principal.all_names) == "Deny",
        ),
    )
    for kind, denied in denials:
        if denied:
            return _refusal(principal, question, f"with an explicit deny in {kind}")
    return None


def _denies(policy: Policy | None, question: Question) -> bool:
    return policy is not None and policy.answer(question) == "Deny"


def _allows(resource: ResourcePolicy, question: Question, names: dict[str, frozenset[str]]) -> bool:
    return resource.policy.answer_to(question, names) == "Allow"


def _refusal(principal: Principal, question: Question, because: str) -> Decision:
    return Decision(
        allowed=False,
        reason=f"User: {principal.arn} is not authorized to perform: {question.action} "
        f"on resource: {question.resource} {because.format(action=question.action)}",
    )
