"""Rules of KMS about the state and the names of keys. Permissions to use keys are in `rules/keys`."""

import json
from typing import Any

from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.kms.utils import _deserialize_ciphertext_blob

from terrarium_sandbox.authorization.policy import Policy, Question
from terrarium_sandbox.authorization.principal import find_principal
from terrarium_sandbox.rules.iam.trust import missing_principal
from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]

_SOURCE = "KMS Developer Guide, Key states of AWS KMS keys, table of operations"
_USES = (
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyPair",
    "kms:GenerateDataKeyPairWithoutPlaintext",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:GenerateMac",
    "kms:ReEncrypt",
    "kms:Sign",
    "kms:Verify",
    "kms:VerifyMac",
)
_CHANGES = (
    "kms:CreateAlias",
    "kms:CreateGrant",
    "kms:DisableKey",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:ScheduleKeyDeletion",
)


@rule("disabled-key-cannot-be-used", on=_USES, code="DisabledException", source=_SOURCE)
def disabled_key_cannot_be_used(request: Request) -> str | None:
    """A disabled key encrypts and decrypts nothing."""
    key = _key(request)
    return None if key is None or key.key_state != "Disabled" else f"{key.arn} is disabled."


@rule(
    "key-pending-deletion-cannot-be-used",
    on=(*_USES, *_CHANGES),
    code="KMSInvalidStateException",
    source=_SOURCE,
)
def key_pending_deletion_cannot_be_used(request: Request) -> str | None:
    """A key that is pending deletion can neither be used nor changed, only described and kept."""
    key = _key(request)
    return None if key is None or key.key_state != "PendingDeletion" else f"{key.arn} is pending deletion."


@rule(
    "alias-prefix-is-reserved",
    on=("kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"),
    code="NotAuthorizedException",
    source="KMS API Reference, CreateAlias, AliasName: alias/aws/ is reserved for AWS managed keys",
)
def alias_prefix_is_reserved(request: Request) -> str | None:
    """The name of an alias cannot begin with `alias/aws/`."""
    return "" if request.get("AliasName", "").startswith("alias/aws/") else None


@rule(
    "key-policy-must-not-lock-out-its-author",
    on=("kms:CreateKey", "kms:PutKeyPolicy"),
    code="MalformedPolicyDocumentException",
    source="KMS API Reference, PutKeyPolicy, Policy: the calling principal can make a subsequent PutKeyPolicy request",
)
def key_policy_must_not_lock_out_its_author(request: Request) -> str | None:
    """A key policy must allow its author to change it again, unless the request bypasses this safety check."""
    document = _policy(request)
    principal = find_principal(request.access_key) if request.access_key else None
    if document is None or principal is None or request.get("BypassPolicyLockoutSafetyCheck"):
        return None
    question = Question(action="kms:PutKeyPolicy", resource="*", context=principal.context)
    names = {"AWS": principal.names | {principal.account_root, principal.account}}
    try:
        allowed = Policy.parse(document).answer_to(question, names) == "Allow"
    except (KeyError, TypeError, ValueError):
        return None  # moto refuses it
    return (
        None if allowed else "The new key policy will not allow you to update the key policy in the future."
    )


@rule(
    "key-policy-names-existing-principals",
    on=("kms:CreateKey", "kms:PutKeyPolicy"),
    code="MalformedPolicyDocumentException",
    source="KMS API Reference, PutKeyPolicy, Policy: the principals in the key policy must exist",
)
def key_policy_names_existing_principals(request: Request) -> str | None:
    """A key policy may name roles and users of the account only if they exist."""
    document = _policy(request)
    if (
        document is None
        or missing_principal(document, request.account, request.backend(iam_backends)) is None
    ):
        return None
    return "Policy contains a statement with one or more invalid principals."


def _policy(request: Request) -> Any:
    """Return the key policy of a request; None without one."""
    try:
        return json.loads(request.get("Policy") or "null")
    except ValueError:
        return None  # moto refuses it


def _key(request: Request) -> Any:
    """Return the key that the request names or that encrypted its ciphertext; None if there is no such key."""
    kms = request.backend(kms_backends)
    name = request.get("KeyId") or request.get("TargetKeyId") or request.get("SourceKeyId")
    blob = request.get("CiphertextBlob")
    if name is None and blob is not None:
        try:
            name = _deserialize_ciphertext_blob(blob).key_id
        except Exception:  # noqa: BLE001 - moto answers that the ciphertext is invalid
            return None
    if name is None:
        return None
    if ":alias/" in name or name.startswith("alias/"):
        name = kms.get_key_id_from_alias(f"alias/{name.partition('alias/')[2]}")
    return kms.keys.get(kms.get_key_id(name)) if name else None


RULES: tuple[Rule, ...] = (
    disabled_key_cannot_be_used,
    key_pending_deletion_cannot_be_used,
    alias_prefix_is_reserved,
    key_policy_must_not_lock_out_its_author,
    key_policy_names_existing_principals,
)
