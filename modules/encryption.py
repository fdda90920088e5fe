"""The customer-managed key that encrypts everything the environment stores."""

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from constructs import Construct

from environments import Environment
from modules.names import Limit, arn, physical_name, trail_arn
from modules.role import Role
from modules.statement import Statement, policy_document

__all__ = ["Encryption"]


class Encryption(Construct):
    """A KMS key, rotated every year, that only the account's own IAM and the named services may use.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The environment.
    """

    def __init__(self, scope: Construct, id: str, *, config: Environment) -> None:
        super().__init__(scope, id)
        self._region = config.region
        self.resource = KmsKey(
            self,
            "key",
            description=f"Everything that Terrarium stores in {config.name}",
            enable_key_rotation=True,
            deletion_window_in_days=config.encryption.deletion_window_days,
            policy=policy_document(_key_policy(config)),
            # Losing the key is losing all data: it is protected wherever the database is.
            lifecycle=TerraformResourceLifecycle(prevent_destroy=config.metadata.protected),
        )
        KmsAlias(
            self,
            "alias",
            name=f"alias/{physical_name(config, 'data', limit=Limit.KMS_ALIAS)}",
            target_key_id=self.resource.key_id,
        )

    @property
    def key_arn(self) -> str:
        """The key's ARN."""
        return self.resource.arn

    def grant_decrypt(self, role: Role, *, service: str) -> tuple[Statement, ...]:
        """Let `role` read what `service` (`s3`, `ssm`, …) encrypted with the key, through that service only."""
        return role.allow(f"decrypt-{service}", self.decrypt_statement(service))

    def decrypt_statement(self, service: str) -> Statement:
        """The statement of `grant_decrypt`, for grants that need it beside their own."""
        return self._through(service, "Decrypt", ("kms:Decrypt",))

    def encrypt_statement(self, service: str) -> Statement:
        """Write, and read one's own parts again, through `service` only."""
        return self._through(service, "Encrypt", ("kms:Decrypt", "kms:GenerateDataKey"))

    def _through(self, service: str, sid: str, actions: tuple[str, ...]) -> Statement:
        return Statement(
            sid=sid,
            actions=actions,
            resources=(self.key_arn,),
            conditions={"StringEquals": {"kms:ViaService": f"{service}.{self._region}.amazonaws.com"}},
        )


def _key_policy(config: Environment) -> tuple[Statement, ...]:
    this_key = ("*",)  # in a key's policy, `*` is the key itself
    return (
        Statement(
            sid="AccountDelegatesToIam",
            principals={"AWS": (f"arn:aws:iam::{config.account}:root",)},
            actions=("kms:*",),
            resources=this_key,
        ),
        Statement(
            sid="CloudWatchLogs",
            principals={"Service": (f"logs.{config.region}.amazonaws.com",)},
            actions=(
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:Encrypt",
                "kms:GenerateDataKey*",
                "kms:ReEncrypt*",
            ),
            resources=this_key,
            conditions={
                "ArnLike": {"kms:EncryptionContext:aws:logs:arn": arn(config, "logs", "log-group:*")}
            },
        ),
        Statement(
            sid="ServicesThatRaiseAlarms",
            principals={
                "Service": ("budgets.amazonaws.com", "cloudwatch.amazonaws.com", "events.amazonaws.com")
            },
            actions=("kms:Decrypt", "kms:GenerateDataKey*"),
            resources=this_key,
            conditions={"StringEquals": {"aws:SourceAccount": config.account}},
        ),
        Statement(
            sid="AuditTrail",
            principals={"Service": ("cloudtrail.amazonaws.com",)},
            actions=("kms:DescribeKey", "kms:GenerateDataKey*"),
            resources=this_key,
            conditions={"StringEquals": {"aws:SourceArn": trail_arn(config)}},
        ),
        Statement(
            # Disks of instances that Batch starts through roles of its own; the same door as in AWS' own key for disks.
            sid="DisksOfThisAccount",
            principals={"AWS": ("*",)},
            actions=(
                "kms:CreateGrant",
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:GenerateDataKeyWithoutPlaintext",
                "kms:ReEncrypt*",
            ),
            resources=this_key,
            conditions={
                "StringEquals": {
                    "kms:CallerAccount": config.account,
                    "kms:ViaService": f"ec2.{config.region}.amazonaws.com",
                }
            },
        ),
    )
