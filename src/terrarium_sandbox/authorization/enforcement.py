"""Authorization of requests, before they reach a service."""

from collections.abc import Iterator

from terrarium_sandbox.authorization.actions import action_of
from terrarium_sandbox.authorization.context import context_of_call, context_of_resource
from terrarium_sandbox.authorization.decision import Decision, decide
from terrarium_sandbox.authorization.implied import implied_questions
from terrarium_sandbox.authorization.policy import Question
from terrarium_sandbox.authorization.principal import Principal, find_principal
from terrarium_sandbox.authorization.resource_policies import bucket_owner, find_resource_policy
from terrarium_sandbox.authorization.resources import resources_of
from terrarium_sandbox.authorization.transactions import TRANSACTIONS, transaction_questions
from terrarium_sandbox.authorization.web_identity import decide_web_identity
from terrarium_sandbox.http.aws_call import Call
from terrarium_sandbox.http.aws_request import AwsRequest

__all__ = ["decide_call", "decide_login", "decide_request"]

_ALLOWED = Decision(allowed=True)
# Every caller with credentials may call GetCallerIdentity. S3 authorizes each key of DeleteObjects separately.
_OPEN = frozenset({"s3:DeleteObjects", "sts:GetCallerIdentity"})


def decide_request(request: AwsRequest, call: Call | None) -> Decision:
    """Decide whether the signer may make a request.

    Args:
        request: The request's signer and service.
        call: Its operation and parameters; None if AWS has no such operation.
    """
    if call is None or call.name in _OPEN:
        return _ALLOWED  # no service answers an unknown operation
    if call.name == "s3:HeadBucket" and bucket_owner(call.parameters["Bucket"]) is None:
        return _ALLOWED  # S3 answers 404 to all callers (Amazon S3 API, HeadBucket)
    if call.operation == "AssumeRoleWithWebIdentity":
        return decide_web_identity(call)
    return decide_call(request.access_key, call)


def decide_call(access_key: str | None, call: Call) -> Decision:
    """Decide whether the holder of an access key may make a call."""
    principal = find_principal(access_key) if access_key else None
    if principal is None:
        return Decision(
            allowed=False, reason=f"the access key that signed {call.name} belongs to no principal"
        )
    return _decide_call(principal, call)


def decide_login(access_key: str, resource: str) -> Decision:
    """Decide whether the holder of an access key may log in as the database user with that ARN."""
    principal = find_principal(access_key)
    if principal is None:
        return Decision(allowed=False, reason="the access key belongs to no principal")
    return decide(principal, Question(action="rds-db:connect", resource=resource, context=principal.context))


def _questions(call: Call, account: str) -> Iterator[Question]:
    """Yield the questions of a call; their contexts hold only keys that differ from those of the call."""
    if call.name in TRANSACTIONS:
        yield from transaction_questions(call, account)
    else:
        for resource in resources_of(call, account=account):
            yield Question(action=action_of(call), resource=resource)
    yield from implied_questions(call, account=account)


def _decide_call(principal: Principal, call: Call) -> Decision:
    common = {**context_of_call(call, account=principal.account), **principal.context}
    for partial in _questions(call, principal.account):
        question = Question(
            action=partial.action,
            resource=partial.resource,
            context={**common, **context_of_resource(call.region, partial.resource), **partial.context},
        )
        policy = find_resource_policy(question.action, question.resource)
        decision = decide(principal, question, policy)
        if not decision.allowed:
            return decision
    return _ALLOWED
