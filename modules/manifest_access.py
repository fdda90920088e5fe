"""Reading the manifest: known by name, so that roles can be granted it before it is written."""

from modules.encryption import Encryption
from modules.iam.role import Role
from modules.iam.statement import Statement
from modules.names import Names
from terrarium.manifest import manifest_parameter

__all__ = ["grant_read_manifest"]


def grant_read_manifest(role: Role, *, names: Names, encryption: Encryption) -> tuple[Statement, ...]:
    """Let `role` connect to the environment."""
    return role.allow(
        "manifest-read",
        Statement(
            sid="Read",
            actions=("ssm:GetParameter",),
            resources=(names.arn("ssm", f"parameter{manifest_parameter(names.environment)}"),),
        ),
        encryption.decrypt_statement("ssm"),
        # Whoever asks for an environment that is not there is told which are; parameters are described by account.
        Statement(sid="FindEnvironments", actions=("ssm:DescribeParameters",), resources=("*",)),
    )
