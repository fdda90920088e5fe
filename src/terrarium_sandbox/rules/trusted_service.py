"""Whether the trust policy of a role lets a service assume it."""

from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends

from terrarium_sandbox.authorization.policy import Policy, Question

__all__ = ["trusts"]


def trusts(role_arn: str, *services: str, source_arn: str | None = None) -> bool:
    """Return whether a role trusts one of the services; also if there is no such role, which is another matter.

    Args:
        role_arn: The role.
        services: Service principals, `states.amazonaws.com` say.
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
