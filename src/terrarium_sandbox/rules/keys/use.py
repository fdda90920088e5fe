"""Evaluation of a use of a KMS key: the caller, the actions, and whether policies allow them.

Source: AWS KMS Developer Guide, "Determining access to AWS KMS keys", "kms:ViaService" and "Encryption context".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from moto.kms.models import kms_backends

from terrarium_sandbox.authorization.context import context_of_moment, context_of_resource
from terrarium_sandbox.authorization.decision import decide, decide_service
from terrarium_sandbox.authorization.policy import Question
from terrarium_sandbox.authorization.principal import Principal, find_principal, principal_of_role
from terrarium_sandbox.authorization.resource_policies import find_resource_policy

__all__ = [
    "DECRYPT",
    "DESCRIBE",
    "ENCRYPT",
    "GENERATE",
    "GRANT",
    "KeyUse",
    "kms_denial",
    "kms_denial_for_role",
]

DECRYPT = "kms:Decrypt"
DESCRIBE = "kms:DescribeKey"
ENCRYPT = "kms:Encrypt"
GENERATE = "kms:GenerateDataKey"
GRANT = "kms:CreateGrant"
# Requests about the key itself have no encryption context.
_WITHOUT_CONTEXT = frozenset({DESCRIBE, GRANT, "kms:RetireGrant"})


@dataclass(frozen=True, kw_only=True)
class KeyUse:
    """A use of a key.

    Args:
        key: The key as the service received it: its ARN, id, alias or the alias' ARN.
        actions: The KMS actions.
        account: The account in which a bare id or alias is looked up.
        region: The region of the service.
        via: The service that calls KMS in the caller's name, as in its endpoint: `s3`. None if the caller calls KMS
            directly, or the service calls it in a role's or in its own name: then there is no `kms:ViaService`.
        context: The encryption context.
        call_context: Further condition keys that a service passes to KMS: `aws:SourceAccount`, `aws:SourceArn`.
    """

    key: str
    actions: tuple[str, ...]
    account: str
    region: str
    via: str | None = None
    context: Mapping[str, str] = field(default_factory=dict)
    call_context: Mapping[str, str] = field(default_factory=dict)

    @property
    def managed(self) -> bool:
        """True if AWS manages the key. Everybody in the account may use such a key through its service."""
        return self.key.rpartition(":")[2].startswith("alias/aws/")

    @property
    def arn(self) -> str:
        """The key's ARN."""
        if ":key/" in self.key:
            return self.key
        name = self.key.rpartition(":")[2]
        found: str | None = name
        if name.startswith("alias/"):
            found = kms_backends[self.account][self.region].get_key_id_from_alias(name)
        return f"arn:aws:kms:{self.region}:{self.account}:key/{found}"

    def questions(self) -> Iterable[Question]:
        """Return the questions for policies, one for each action."""
        arn = self.arn
        common = {
            **context_of_moment(region=self.region, account=self.account),
            **context_of_resource(self.region, arn),
            **self._through(),
            **{key.lower(): (value,) for key, value in self.call_context.items()},
        }
        context = {
            "kms:encryptioncontextkeys": tuple(self.context),
            **{f"kms:encryptioncontext:{key.lower()}": (value,) for key, value in self.context.items()},
        }
        for action in self.actions:
            with_context = context if self.context and action not in _WITHOUT_CONTEXT else {}
            for_service = {"kms:grantisforawsresource": ("true",)} if action == GRANT else {}
            yield Question(action=action, resource=arn, context={**common, **with_context, **for_service})

    def _through(self) -> dict[str, tuple[str, ...]]:
        """Return the condition keys about the service that calls KMS in a principal's name."""
        if self.via is None:
            return {}
        return {
            "aws:calledvia": (f"{self.via}.amazonaws.com",),
            "aws:viaawsservice": ("true",),
            "kms:viaservice": (f"{self.via}.{self.region}.amazonaws.com",),
        }


def kms_denial(use: KeyUse, *, access_key: str | None = None, service: str | None = None) -> str | None:
    """Return why KMS denies a use of a key, or None if KMS allows it.

    Args:
        use: The use.
        access_key: The access key of the IAM principal that uses the key.
        service: The service principal, if the service uses the key in its own name: `events.amazonaws.com`.
    """
    if service is not None:
        if use.managed:
            return f"{service} is not authorized to use {use.key}: AWS manages its policy"
        return _unusable(use) or _service_denial(use, service)
    principal = find_principal(access_key) if access_key else None
    if principal is None:
        return "the access key does not exist"
    return _denial(use, principal)


def kms_denial_for_role(use: KeyUse, *, role_arn: str, service: str) -> str | None:
    """Return why KMS denies a use of a key by a service that acts as a role, or None if KMS allows it.

    Args:
        use: The use.
        role_arn: The role.
        service: The service that acts as the role, such as `states.amazonaws.com`.
    """
    principal = principal_of_role(role_arn, service=service)
    if principal is None:
        return f"{service} cannot act as {role_arn}: there is no such role"
    return _denial(use, principal)


def _denial(use: KeyUse, principal: Principal) -> str | None:
    if use.managed:
        return None
    for question in use.questions():
        asked = Question(
            action=question.action,
            resource=question.resource,
            context={**question.context, **principal.context},
        )
        decision = decide(principal, asked, find_resource_policy(asked.action, asked.resource))
        if not decision.allowed:
            return decision.reason
    return _unusable(use)


def _service_denial(use: KeyUse, service: str) -> str | None:
    for question in use.questions():
        policy = find_resource_policy(question.action, question.resource)
        decision = decide_service(service, question, policy)
        if not decision.allowed:
            return decision.reason
    return None


def _unusable(use: KeyUse) -> str | None:
    """Return why the state of the key prevents its use; None if it does not. Source: "Key states of AWS KMS keys"."""
    _, _, _, region, account, resource = use.arn.split(":", 5)
    key = kms_backends[account][region].keys.get(resource.removeprefix("key/"))
    if key is None or key.key_state == "Enabled":
        return None
    return f"{use.arn} is {'disabled' if key.key_state == 'Disabled' else 'pending deletion'}."
