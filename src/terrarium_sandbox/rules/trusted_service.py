"""Evaluation of a role's trust policy for AWS services."""

from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends

from terrarium_sandbox.authorization.policy import Policy, Question

__all__ = ["trusts"]


def trusts(role_arn: str, *services: str, source_arn: str | None = None) -> bool:
    """Return whether a role trusts one of the services. Return True if the role does not exist: moto reports that.

    Args:
        role_arn: The role.
        services: Service principals, such as `states.amazonaws.com`.
        source_arn: The resource for which the service acts.
    """
    account = role_arn.split(":")[4]
    try:
        role = iam_backends[account]["aws"].get_role_by_arn(role_arn)
    except NotFoundException:
        return True
    context = {"aws:sourceaccount": (account,)}
    if source_arn is not None:
        context["aws:sourcearn"] = (source_arn,)
    question = Question(action="sts:AssumeRole", resource=role_arn, context=context)
    trust = Policy.parse(role.assume_role_policy_document)
    return trust.answer_to(question, {"Service": frozenset(services)}) == "Allow"
