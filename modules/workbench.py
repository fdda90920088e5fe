"""The workbench: a notebook for each user, wired to the platform, that stops when idle."""

import base64
from pathlib import Path
from string import Template

from cdktf_cdktf_provider_aws.sagemaker_notebook_instance import (
    SagemakerNotebookInstance,
    SagemakerNotebookInstanceInstanceMetadataServiceConfiguration,
)
from cdktf_cdktf_provider_aws.sagemaker_notebook_instance_lifecycle_configuration import (
    SagemakerNotebookInstanceLifecycleConfiguration,
)
from constructs import Construct

from environments import Environment
from modules.encryption import Encryption
from modules.names import Limit, arn, name_pattern, physical_name
from modules.network import Network
from modules.role import Role
from modules.statement import Statement

__all__ = ["Workbench"]

_ON_START = Path(__file__).parent / "workbench_on_start.sh"


class Workbench(Construct):
    """SageMaker notebook instances in the private network.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope, which also names its grants.
        config: The environment.
        network: Where the notebooks live.
        encryption: The key that encrypts their disks.
        role: What notebooks may do.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: Environment,
        network: Network,
        encryption: Encryption,
        role: Role,
    ) -> None:
        super().__init__(scope, id)
        self._id = id
        self._config = config
        lifecycle = SagemakerNotebookInstanceLifecycleConfiguration(
            self,
            "lifecycle",
            name=physical_name(config, "workbench", limit=Limit.SAGEMAKER),
            on_start=_on_start(config),
        )
        self.notebooks = {
            user: SagemakerNotebookInstance(
                self,
                f"notebook-{user}",
                name=physical_name(config, user, limit=Limit.SAGEMAKER),
                instance_type=config.workbench.instance_type,
                platform_identifier=config.workbench.platform,
                role_arn=role.arn,
                subnet_id=network.private_subnet_ids[0],
                security_groups=[network.client_security_group_id],
                direct_internet_access="Enabled" if config.workbench.direct_internet else "Disabled",
                root_access="Disabled",
                kms_key_id=encryption.key_arn,
                volume_size=config.workbench.disk_gib,
                lifecycle_config_name=lifecycle.name,
                instance_metadata_service_configuration=(
                    SagemakerNotebookInstanceInstanceMetadataServiceConfiguration(
                        minimum_instance_metadata_service_version="2"
                    )
                ),
            )
            for user in config.workbench.users
        }
        self._grant_idle_stop(role)

    def grant_open(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` start, open and stop notebooks."""
        return role.allow(
            f"{self._id}-open",
            Statement(
                sid="Notebooks",
                actions=(
                    "sagemaker:CreatePresignedNotebookInstanceUrl",
                    "sagemaker:DescribeNotebookInstance",
                    "sagemaker:StartNotebookInstance",
                    "sagemaker:StopNotebookInstance",
                ),
                resources=(self._notebook_pattern(),),
            ),
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

    def _notebook_pattern(self) -> str:
        return arn(self._config, "sagemaker", f"notebook-instance/{name_pattern(self._config)}")


def _on_start(config: Environment) -> str:
    script = Template(_ON_START.read_text(encoding="utf-8")).substitute(
        environment=config.name,
        region=config.region,
        idle_seconds=config.workbench.idle_minutes * 60,
    )
    return base64.b64encode(script.encode()).decode()
