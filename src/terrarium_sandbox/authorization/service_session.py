"""Sessions of roles that services assume: the credentials of jobs, notebooks and tasks."""

import secrets
from typing import NamedTuple

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from terrarium.errors import Error
from terrarium_sandbox.authorization.policy import Policy, Question

__all__ = ["SessionCredentials", "open_service_session"]

_SECONDS = 12 * 3600


class SessionCredentials(NamedTuple):
    """The credentials that AWS gives to code that runs as a role."""

    access_key_id: str
    secret_access_key: str
    session_token: str


def open_service_session(role_arn: str, *, service: str, region: str = "us-east-1") -> SessionCredentials:
    """Let a service assume a role on behalf of the account of the role.

    The caller holds the locks of IAM and STS.

    Args:
        role_arn: The role.
        service: The service, such as `ecs-tasks.amazonaws.com`.
        region: The region of the session.

    Raises:
        Error: The trust policy of the role does not allow the service.
        moto.iam.exceptions.NotFoundException: There is no such role.
    """
    account = role_arn.split(":")[4]
    role = iam_backends[account]["aws"].get_role_by_arn(role_arn)
    question = Question(action="sts:AssumeRole", resource=role_arn, context={"aws:sourceaccount": (account,)})
    trust = Policy.parse(role.assume_role_policy_document)
    if trust.answer_to(question, {"Service": frozenset({service})}) != "Allow":
        raise Error(
            f"the trust policy of {role_arn} does not let {service} assume it",
            remedy="check the principals and conditions of its assume_role_policy",
        )
    session = sts_backends[account]["aws"].assume_role(
        region_name=region,
        role_session_name=f"{service.partition('.')[0]}-{secrets.token_hex(8)}",
        role_arn=role_arn,
        policy="",
        duration=_SECONDS,
        external_id="",
    )
    return SessionCredentials(session.access_key_id, session.secret_access_key, session.session_token)
