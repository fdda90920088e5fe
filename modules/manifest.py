"""The SSM parameter with the environment's manifest, which `terrarium.connect` reads."""

from collections.abc import Sequence
from typing import Any, cast

from cdktf import Fn, ITerraformDependable
from cdktf_cdktf_provider_aws.ssm_parameter import SsmParameter
from constructs import Construct
from pydantic import BaseModel

from modules.encryption import Encryption
from modules.iam.role import Role
from modules.iam.statement import Statement
from modules.names import Names
from terrarium.manifest import PlatformManifest, manifest_parameter

__all__ = ["Manifest", "grant_read_manifest"]


class Manifest(Construct):
    """One encrypted SSM parameter per environment, with names, addresses and ARNs, and without secrets.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        names: The names of the environment's resources.
        encryption: The key that encrypts it.
        content: The manifest. Terraform resolves its references to resources.
        after: Resources that it names without a reference. It is written after they exist.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        names: Names,
        encryption: Encryption,
        content: PlatformManifest,
        after: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        self.resource = SsmParameter(
            self,
            "parameter",
            name=manifest_parameter(names.environment),
            description=f"Manifest of {names.environment}, which terrarium.connect reads",
            type="SecureString",
            tier="Advanced",  # a standard parameter can have only 4 KB
            key_id=encryption.key_arn,
            value=Fn.jsonencode(cast("dict[str, Any]", _document(content))),
            depends_on=list(after) or None,
        )


def grant_read_manifest(role: Role, *, names: Names, encryption: Encryption) -> tuple[Statement, ...]:
    """Let `role` read the manifest, and so connect to the environment. Works before the manifest exists."""
    return role.allow(
        "manifest-read",
        Statement(
            sid="Read",
            actions=("ssm:GetParameter",),
            resources=(names.arn("ssm", f"parameter{manifest_parameter(names.environment)}"),),
        ),
        encryption.decrypt_statement("ssm"),
        # `terrarium.connect` lists the environments if the requested one does not exist. The action takes no resource.
        Statement(sid="FindEnvironments", actions=("ssm:DescribeParameters",), resources=("*",)),
    )


def _document(value: object) -> object:
    # Lists instead of tuples, which neither the framework nor JSON has.
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        value = {fields[name].alias or name: field for name, field in value}
    if isinstance(value, dict):
        # An SDK of an earlier release refuses unknown fields: fields that are None are left out.
        return {key: _document(field) for key, field in value.items() if field is not None}
    if isinstance(value, tuple):
        return [_document(item) for item in value]
    return value
