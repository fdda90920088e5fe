"""The workbench: a SageMaker notebook instance per user, which can use the platform and stops when it is idle."""

import base64
from collections.abc import Mapping

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.sagemaker_notebook_instance import (
    SagemakerNotebookInstance,
    SagemakerNotebookInstanceInstanceMetadataServiceConfiguration,
)
from cdktf_cdktf_provider_aws.sagemaker_notebook_instance_lifecycle_configuration import (
    SagemakerNotebookInstanceLifecycleConfiguration,
)
from constructs import Construct

from environments.sections.workbench import Workbench as WorkbenchConfig
from modules.artifacts import Artifacts
from modules.encryption import Encryption
from modules.iam.role import Role
from modules.iam.statement import Statement
from modules.names import Limit, Names
from modules.network import Network
from modules.notebook import on_start_script
from modules.sdk_release import SDK_PREFIX, SdkRelease

__all__ = ["Workbench"]

# SageMaker writes the output of lifecycle scripts and of Jupyter to this group, for all notebooks of the account.
_LOG_GROUP = "/aws/sagemaker/NotebookInstances"


class Workbench(Construct):
    """SageMaker notebook instances in the private network.

    They have the default platform of new instances, Amazon Linux 2023: the provider accepts only earlier platforms,
    which SageMaker has not started since July 2026 (`docs/decisions/0197`).

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope, which also names its grants.
        config: The section `workbench` of the environment's file.
        names: The names of the environment's resources.
        network: The network of the notebooks.
        encryption: The key that encrypts their disks.
        artifacts: The bucket that they install the SDK from.
        role: The role of the code in notebooks.
        release: The release of the SDK that they install.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: WorkbenchConfig,
        names: Names,
        network: Network,
        encryption: Encryption,
        artifacts: Artifacts,
        role: Role,
        release: SdkRelease,
    ) -> None:
        super().__init__(scope, id)
        self._id = id
        self._names = names
        self._network = network
        self._encryption = encryption
        self._role = role
        lifecycle = SagemakerNotebookInstanceLifecycleConfiguration(
            self,
            "lifecycle",
            name=names.physical("workbench", limit=Limit.SAGEMAKER),
            on_start=_on_start(
                names, release, idle_minutes=config.idle_minutes, proxy=network.proxy_variables
            ),
        )
        self.notebooks = {
            user: SagemakerNotebookInstance(
                self,
                f"notebook-{user}",
                name=names.physical(user, limit=Limit.SAGEMAKER),
                instance_type=config.instance_type,
                role_arn=role.arn,
                subnet_id=network.notebook_subnet_id,
                security_groups=[network.client_security_group_id],
                direct_internet_access="Enabled" if config.direct_internet else "Disabled",
                root_access="Disabled",
                kms_key_id=encryption.key_arn,
                volume_size=config.disk_gib,
                lifecycle_config_name=lifecycle.name,
                instance_metadata_service_configuration=(
                    SagemakerNotebookInstanceInstanceMetadataServiceConfiguration(
                        minimum_instance_metadata_service_version="2"
                    )
                ),
                # Another subnet would replace the notebook, and delete its disk.
                lifecycle=TerraformResourceLifecycle(ignore_changes=["subnet_id"])
                if network.keeps_notebook_subnet
                else None,
            )
            for user in config.users
        }
        artifacts.grant_read(role, prefix=SDK_PREFIX)
        self._grant_idle_stop(role)
        self._grant_logs(role)

    def grant_open(self, role: Role) -> tuple[Statement, ...]:
        """Let each user start, open and stop their own notebook, in a session of `role` with the user's name.

        The session name is the user's name, or begins with it and an `@`, as session names of IAM Identity Center do.
        `aws:userid` of an assumed role is the role's id, a colon and the session name (IAM User Guide, "AWS global
        condition context keys").

        Source of the permissions for starting: SageMaker Developer Guide, "SageMaker API permissions: actions,
        permissions, and resources reference", `StartNotebookInstance`.
        """
        if not self.notebooks:
            return ()
        network_interfaces = self._names.arn("ec2", "network-interface/*")
        return role.allow(
            f"{self._id}-open",
            *(self._own_notebook(number, user) for number, user in enumerate(self.notebooks, start=1)),
            Statement(
                sid="DescribeNotebooks",
                actions=("sagemaker:DescribeNotebookInstance",),
                resources=(self._notebook_pattern(),),
            ),
            Statement(
                sid="PassNotebookRole",
                actions=("iam:PassRole",),
                resources=(self._role.arn,),
                conditions={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
            ),
            *self._network.notebook_interface_statements(),
            Statement(
                sid="AttachNotebookInterface",
                actions=("ec2:AttachNetworkInterface", "ec2:ModifyNetworkInterfaceAttribute"),
                # The instance is in an account of SageMaker. The condition prevents people from calling these actions
                # themselves: with another security group they could open the network interface of a job.
                resources=(
                    network_interfaces,
                    self._names.arn("ec2", "security-group/*"),
                    self._names.foreign_arn("ec2", self._names.region, "*", "instance/*"),
                ),
                conditions={"Bool": {"aws:ViaAWSService": "true"}},
            ),
            Statement(
                sid="FindNotebooks",
                # These actions take no resource.
                actions=(
                    "ec2:DescribeAvailabilityZones",
                    "ec2:DescribeInternetGateways",
                    "ec2:DescribeNetworkInterfaces",
                    "ec2:DescribeSecurityGroups",
                    "ec2:DescribeSubnets",
                    "ec2:DescribeVpcs",
                    "sagemaker:ListNotebookInstances",
                ),
                resources=("*",),
            ),
            self._encryption.volume_statement("sagemaker"),
        )

    def _own_notebook(self, number: int, user: str) -> Statement:
        name = self._names.physical(user, limit=Limit.SAGEMAKER)
        return Statement(
            sid=f"Notebook{number}",
            actions=(
                "sagemaker:CreatePresignedNotebookInstanceUrl",
                "sagemaker:StartNotebookInstance",
                "sagemaker:StopNotebookInstance",
            ),
            resources=(self._names.arn("sagemaker", f"notebook-instance/{name}"),),
            conditions={"StringLike": {"aws:userid": (f"*:{user}", f"*:{user}@*")}},
        )

    def _grant_idle_stop(self, role: Role) -> None:
        role.allow(
            f"{self._id}-idle-stop",
            Statement(
                sid="StopWhenIdle",
                actions=("sagemaker:DescribeNotebookInstance", "sagemaker:StopNotebookInstance"),
                resources=(self._notebook_pattern(),),
            ),
        )

    def _grant_logs(self, role: Role) -> None:
        # Without these, SageMaker writes no log of a lifecycle script, which shows why a start failed. All notebooks of
        # the account share the group; the names of streams begin with that of the notebook. Source: Amazon SageMaker
        # API Reference, NotebookInstanceLifecycleHook.
        group = self._names.arn("logs", f"log-group:{_LOG_GROUP}")
        role.allow(
            f"{self._id}-logs",
            Statement(
                sid="WriteNotebookLogs",
                actions=(
                    "logs:CreateLogGroup",
                    "logs:CreateLogStream",
                    "logs:DescribeLogStreams",
                    "logs:PutLogEvents",
                ),
                resources=(group, f"{group}:log-stream:{self._names.pattern}"),
            ),
        )

    def _notebook_pattern(self) -> str:
        return self._names.arn("sagemaker", f"notebook-instance/{self._names.pattern}")


def _on_start(names: Names, release: SdkRelease, *, idle_minutes: int, proxy: Mapping[str, str]) -> str:
    script = on_start_script(
        {
            "ENVIRONMENT": names.environment,
            "REGION": names.region,
            # By name: `base64` cannot encode a reference to the bucket.
            "BUCKET": names.bucket("artifacts"),
            "RELEASE_PREFIX": release.prefix,
            "DEPENDENCIES_PREFIX": release.dependencies_prefix,
            "IDLE_SECONDS": str(idle_minutes * 60),
        },
        exported=proxy,
    )
    return base64.b64encode(script.encode()).decode()
