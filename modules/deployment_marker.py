"""Marker of a deployed environment, without which in the state Terraform refuses to deploy the environment again."""

from cdktf import Postcondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_ssm_parameters_by_path import DataAwsSsmParametersByPath
from cdktf_cdktf_provider_aws.ssm_parameter import SsmParameter
from constructs import Construct

from modules.encryption import Encryption
from modules.names import Names

__all__ = ["DeploymentMarker"]


class DeploymentMarker(Construct):
    """An SSM parameter that exists as long as the environment does.

    With an empty or foreign state, Terraform would create a second network and a second key before it met the first
    resource whose name is taken. Terraform cannot compare its state with the account by itself. So the value of a
    *new* marker says whether the account has one already, and the value of the marker in the state is kept: a marker
    that is new and exists is refused when Terraform plans, before anything is created.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        names: The names of the environment's resources.
        encryption: The key that encrypts it.
    """

    def __init__(self, scope: Construct, id: str, *, names: Names, encryption: Encryption) -> None:
        super().__init__(scope, id)
        environment = names.environment
        path = names.parameter("deployment")
        name = f"{path}/marker"
        # A data source of one parameter fails if it does not exist; this one lists those that do.
        existing = DataAwsSsmParametersByPath(self, "existing", path=path, with_decryption=False)
        SsmParameter(
            self,
            "parameter",
            name=name,
            description=f"Exists as long as {environment} is deployed; its value has no meaning outside of Terraform",
            type="SecureString",
            key_id=encryption.key_arn,
            value=f'${{contains({existing.fqn}.names, "{name}") ? "lost" : "deployed"}}',
            lifecycle=TerraformResourceLifecycle(
                ignore_changes=["value"],
                postcondition=[
                    Postcondition(
                        condition='${self.value != "lost"}',
                        error_message=f"{environment} is deployed already, but the state in {names.state_bucket} does "
                        f"not contain it: a deployment would create a second copy. Restore the state, or import what "
                        f"exists: terrarium recover {environment}",
                    )
                ],
            ),
        )
