"""The policy of the customer-managed key: the AWS services that may use it, and their conditions."""

from environments.sections.access import Principal
from modules.iam.statement import Statement
from modules.names import Names

__all__ = ["key_policy", "log_delivery_context", "use_of_key"]

_THIS_KEY = ("*",)  # in a key policy, `*` is the key itself


# What IAM policies of the account grant on the key, besides its administration.
_USE = (
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListResourceTags",
    "kms:ReEncrypt*",
    "kms:RetireGrant",
)
# What a deployment changes on a key that it created, besides its administration.
_UPKEEP = (
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
# Source: KMS Developer Guide, "Default key policy", Allows key administrators to administer the KMS key.
_ADMINISTRATION = (
    "kms:CancelKeyDeletion",
    "kms:Create*",
    "kms:Delete*",
    "kms:Describe*",
    "kms:Disable*",
    "kms:Enable*",
    "kms:Get*",
    "kms:List*",
    "kms:Put*",
    "kms:Revoke*",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:Update*",
)


def key_policy(
    names: Names, *, administrators: tuple[Principal, ...] = (), extensions: tuple[str, ...] = ()
) -> tuple[Statement, ...]:
    """Return the statements of the key policy, for the account's IAM policies and for services that use the key.

    Args:
        names: The names of the environment's resources.
        administrators: The only principals that may change the policy, disable the key and delete it: ARNs or patterns.
            By default, IAM policies of the account decide.
        extensions: Services that use the key for extensions.
    """
    if administrators:
        return (
            _delegation(names, "AccountDelegatesUse", (*_USE, *_UPKEEP)),
            *_administration(names, administrators),
            *_services(names, extensions),
        )
    return (_delegation(names, "AccountDelegatesToIam", ("kms:*",)), *_services(names, extensions))


def use_of_key(names: Names, *, extensions: tuple[str, ...] = ()) -> tuple[Statement, ...]:
    """Return the statements that the policy of an existing key needs: for its use, not for its administration."""
    return (_delegation(names, "AccountDelegatesUse", _USE), *_services(names, extensions))


def _delegation(names: Names, sid: str, actions: tuple[str, ...]) -> Statement:
    account = {"AWS": (_account(names),)}
    return Statement(sid=sid, principals=account, actions=actions, resources=_THIS_KEY)


def _administration(names: Names, administrators: tuple[Principal, ...]) -> tuple[Statement, ...]:
    patterns = tuple(one for one in administrators if {"*", "?"} & set(one))
    exact = tuple(one for one in administrators if one not in patterns)
    statements = []
    if exact:
        statements.append(
            Statement(
                sid="Administrators",
                principals={"AWS": exact},
                actions=_ADMINISTRATION,
                resources=_THIS_KEY,
            )
        )
    if patterns:
        # The element Principal accepts no patterns: it names the account, and the condition names the principals.
        statements.append(
            Statement(
                sid="AdministratorsByPattern",
                principals={"AWS": (_account(names),)},
                actions=_ADMINISTRATION,
                resources=_THIS_KEY,
                conditions={"ArnLike": {"aws:PrincipalArn": patterns}},
            )
        )
    statements.append(
        Statement(
            # The root user, and no IAM policy: the key stays manageable if all administrators are deleted.
            # Source: IAM User Guide, "AWS global condition context keys", aws:PrincipalType.
            sid="RootUser",
            principals={"AWS": (_account(names),)},
            actions=_ADMINISTRATION,
            resources=_THIS_KEY,
            conditions={"StringEquals": {"aws:PrincipalType": "Account"}},
        )
    )
    return tuple(statements)


def _account(names: Names) -> str:
    return names.root_arn(names.account)


def _services(names: Names, extensions: tuple[str, ...]) -> tuple[Statement, ...]:
    return (
        *_logs(names),
        *_notices(names),
        Statement(
            sid="AuditTrail",
            principals={"Service": ("cloudtrail.amazonaws.com",)},
            actions=("kms:DescribeKey", "kms:GenerateDataKey*"),
            resources=_THIS_KEY,
            conditions={"StringEquals": {"aws:SourceArn": names.trail_arn}},
        ),
        Statement(
            # Batch starts instances with its own roles: this is the statement of the AWS managed key aws/ebs.
            sid="DisksOfThisAccount",
            principals={"AWS": ("*",)},
            actions=(
                "kms:CreateGrant",
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:GenerateDataKeyWithoutPlaintext",
                "kms:ReEncrypt*",
            ),
            resources=_THIS_KEY,
            conditions={
                "StringEquals": {
                    "kms:CallerAccount": names.account,
                    "kms:ViaService": names.via("ec2"),
                }
            },
        ),
        *_extensions(names, extensions),
    )


def log_delivery_context(names: Names) -> dict[str, str]:
    """Return the encryption context with which Step Functions encrypts log events on their way to CloudWatch Logs."""
    return {"kms:EncryptionContext:SourceArn": names.arn("logs", "*")}


def _extensions(names: Names, services: tuple[str, ...]) -> tuple[Statement, ...]:
    if not services:
        return ()
    return (
        Statement(
            sid="ServicesOfExtensions",
            principals={"Service": services},
            actions=("kms:Decrypt", "kms:GenerateDataKey*"),
            resources=_THIS_KEY,
            conditions={"StringEquals": {"aws:SourceAccount": names.account}},
        ),
    )


def _logs(names: Names) -> tuple[Statement, ...]:
    return (
        Statement(
            sid="CloudWatchLogs",
            principals={"Service": (f"logs.{names.region}.{names.dns_suffix}",)},
            actions=(
                "kms:Decrypt",
                "kms:Encrypt",
                "kms:GenerateDataKey*",
                "kms:ReEncrypt*",
            ),
            resources=_THIS_KEY,
            conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": names.arn("logs", "log-group:*")}},
        ),
        Statement(
            # Without it, logs of state machines that are encrypted with the key are not delivered.
            # Source: Step Functions Developer Guide, "Data at rest encryption in Step Functions", step 3.
            sid="LogDelivery",
            principals={"Service": ("delivery.logs.amazonaws.com",)},
            actions=("kms:Decrypt",),
            resources=_THIS_KEY,
            conditions={"StringEquals": log_delivery_context(names)},
        ),
    )


def _notices(names: Names) -> tuple[Statement, ...]:
    """Return the statements for the services that publish to encrypted topics and send to encrypted queues."""
    use = ("kms:Decrypt", "kms:GenerateDataKey*")
    events = {"Service": ("events.amazonaws.com",)}
    return (
        Statement(
            sid="ServicesThatRaiseAlarms",
            principals={"Service": ("budgets.amazonaws.com", "cloudwatch.amazonaws.com")},
            actions=use,
            resources=_THIS_KEY,
            conditions={"StringEquals": {"aws:SourceAccount": names.account}},
        ),
        Statement(
            # EventBridge sends KMS neither aws:SourceAccount nor aws:SourceArn when it publishes to a topic.
            # Source: Amazon SNS Developer Guide, "Key management", on event sources and encrypted topics.
            sid="EventBridgePublishes",
            principals=events,
            actions=use,
            resources=_THIS_KEY,
            conditions={
                "ArnLike": {"kms:EncryptionContext:aws:sns:topicArn": names.arn("sns", names.pattern)}
            },
        ),
        Statement(
            # For queues it sends the account: aws-cdk's SqsQueue target grants encrypted queues this way.
            sid="EventBridgeSends",
            principals=events,
            actions=use,
            resources=_THIS_KEY,
            conditions={"StringEquals": {"aws:SourceAccount": names.account}},
        ),
    )
