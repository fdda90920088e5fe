"""The customer-managed KMS key that encrypts everything that the environment stores."""

from cdktf import Postcondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_kms_key import DataAwsKmsKey
from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from constructs import Construct

from environments.sections.encryption import Encryption as EncryptionConfig
from modules.iam.role import Role
from modules.iam.statement import Statement, policy_document
from modules.key_policy import key_policy, log_delivery_context
from modules.names import Limit, Names

__all__ = ["Encryption"]


class Encryption(Construct):
    """A KMS key, rotated every year. Its policy admits the account's IAM policies and some AWS services.

    With `encryption.key_arn` it is an existing key, which belongs to another owner, as its policy does: the stack only
    reads it. `terrarium key-policy` prints the statements that the policy needs.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The section `encryption` of the environment's file.
        names: The names of the environment's resources.
        extension_services: The services that use the key for extensions, such as `sns.amazonaws.com`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: EncryptionConfig,
        names: Names,
        extension_services: tuple[str, ...] = (),
    ) -> None:
        super().__init__(scope, id)
        self._names = names
        self.resource: KmsKey | None = None
        if config.key_arn is None:
            self.resource = self._create(config, extension_services)
            self._key_arn = self.resource.arn
        else:
            self._read(config.key_arn)
            self._key_arn = config.key_arn

    def _create(self, config: EncryptionConfig, extension_services: tuple[str, ...]) -> KmsKey:
        names = self._names
        key = KmsKey(
            self,
            "key",
            description=f"Encrypts everything that Terrarium stores in {names.environment}",
            enable_key_rotation=True,
            deletion_window_in_days=config.deletion_window_days,
            policy=policy_document(
                key_policy(names, administrators=config.administrators, extensions=extension_services)
            ),
            lifecycle=TerraformResourceLifecycle(prevent_destroy=config.protected),
        )
        KmsAlias(
            self,
            "alias",
            name=f"alias/{names.physical('data', limit=Limit.KMS_ALIAS)}",
            target_key_id=key.key_id,
        )
        return key

    def _read(self, arn: str) -> None:
        """Refuse a key that cannot encrypt, before anything is created."""
        usable = (
            "self.enabled",
            'self.key_usage == "ENCRYPT_DECRYPT"',
            'self.customer_master_key_spec == "SYMMETRIC_DEFAULT"',
            'self.key_manager == "CUSTOMER"',
        )
        DataAwsKmsKey(
            self,
            "existing-key",
            key_id=arn,
            lifecycle=TerraformResourceLifecycle(
                postcondition=[
                    Postcondition(
                        condition=f"${{{' && '.join(usable)}}}",
                        error_message=f"The key of encryption.key_arn, {arn}, cannot encrypt the environment: it must "
                        "be an enabled symmetric key for encryption that AWS does not manage. See `aws kms "
                        f"describe-key --key-id {arn}`",
                    )
                ]
            ),
        )

    @property
    def key_arn(self) -> str:
        """The key's ARN."""
        return self._key_arn

    def grant_refresh(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` decrypt the definitions of state machines and the inputs of schedules, for Terraform's refresh.

        Creating and updating schedules needs the same permissions, besides `kms:DescribeKey` and `kms:GenerateDataKey`.
        Sources: Step Functions Developer Guide, "Data at rest encryption in Step Functions"; EventBridge Scheduler User
        Guide, "Encryption at rest".
        """
        return role.allow("refresh", self.decrypt_statement("states"), self.decrypt_statement("scheduler"))

    def grant_provision(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` create and delete resources that are encrypted with the key.

        Sources: Amazon ECR User Guide, "Encryption at rest", Required IAM permissions, for grants; Service
        Authorization Reference, `rds:CreateDBCluster`, whose managed secret the key encrypts, too.
        """
        return role.allow(
            "provision",
            Statement(sid="RetireGrants", actions=("kms:RetireGrant",), resources=(self.key_arn,)),
            self.decrypt_statement("rds"),
            self.decrypt_statement("secretsmanager"),
        )

    def decrypt_statement(self, service: str) -> Statement:
        """Return the statement for decrypting data of `service` (`s3`, `ssm`, …), through that service only."""
        return self._through(service, f"DecryptThrough{service.capitalize()}", ("kms:Decrypt",))

    def encrypt_statement(self, service: str) -> Statement:
        """Return the statement for writing encrypted data, multipart uploads included, through `service` only."""
        return self._through(service, "Encrypt", ("kms:Decrypt", "kms:GenerateDataKey"))

    def volume_statement(self, service: str) -> Statement:
        """Return the statement for creating encrypted disks of `service`, through that service only."""
        return self._through(
            service, f"EncryptDisksOf{service.capitalize()}", ("kms:CreateGrant", "kms:DescribeKey")
        )

    def table_statement(self) -> Statement:
        """Return the statement for writers of a DynamoDB table, through DynamoDB only.

        DynamoDB decrypts the table's key for each caller. aws-cdk grants the other actions to writers
        (aws-dynamodb/lib/perms.ts, KEY_WRITE_ACTIONS), and DynamoDB's documentation requires them.
        """
        return self._through(
            "dynamodb",
            "WriteItems",
            (
                "kms:Decrypt",
                "kms:Encrypt",
                "kms:GenerateDataKey",
                "kms:GenerateDataKeyWithoutPlaintext",
                "kms:ReEncryptFrom",
                "kms:ReEncryptTo",
            ),
        )

    def execution_statements(self) -> tuple[Statement, ...]:
        """Return the statements for the execution role of state machines: running executions and delivering their logs.

        Step Functions calls KMS as the role itself, so that `kms:ViaService` never matches; the encryption context
        limits the statements instead. Source: Step Functions Developer Guide, "Data at rest encryption in Step
        Functions".
        """
        machines = self._names.arn("states", f"stateMachine:{self._names.pattern}")
        return (
            Statement(
                sid="EncryptExecutions",
                actions=("kms:Decrypt", "kms:GenerateDataKey"),
                resources=(self.key_arn,),
                conditions={"ArnLike": {"kms:EncryptionContext:aws:states:stateMachineArn": machines}},
            ),
            Statement(
                sid="EncryptLogs",
                actions=("kms:GenerateDataKey",),
                resources=(self.key_arn,),
                conditions={"StringEquals": log_delivery_context(self._names)},
            ),
        )

    def schedule_statement(self) -> Statement:
        """Return the statement for the role of schedules: reading their inputs.

        EventBridge Scheduler calls KMS as the role itself: `kms:ViaService` never matches. Source: EventBridge
        Scheduler User Guide, "Encryption at rest", and its example of a CloudTrail event.
        """
        schedules = self._names.arn("scheduler", f"schedule/{self._names.pattern}")
        return Statement(
            sid="DecryptSchedules",
            actions=("kms:Decrypt",),
            resources=(self.key_arn,),
            conditions={"ArnLike": {"kms:EncryptionContext:aws:scheduler:schedule:arn": schedules}},
        )

    def _through(self, service: str, sid: str, actions: tuple[str, ...]) -> Statement:
        return Statement(
            sid=sid,
            actions=actions,
            resources=(self.key_arn,),
            conditions={"StringEquals": {"kms:ViaService": self._names.via(service)}},
        )
