"""Writes the contract: what the environment exposes, where `terrarium.connect` reads it."""

from collections.abc import Sequence
from typing import Any, cast

from cdktf import Fn, ITerraformDependable
from cdktf_cdktf_provider_aws.ssm_parameter import SsmParameter
from constructs import Construct
from pydantic import BaseModel

from modules.encryption import Encryption
from modules.names import Names
from terrarium.manifest import PlatformManifest, manifest_parameter

__all__ = ["Manifest"]


class Manifest(Construct):
    """One encrypted SSM parameter per environment: names, addresses and ARNs, no secret.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        names: The names of the environment's resources.
        encryption: The key that encrypts it.
        content: What it says; references to resources are resolved when Terraform has made them.
        after: Resources that it names without a reference: it is written when they exist.
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
            description=f"What {names.environment} exposes to terrarium.connect",
            type="SecureString",
            tier="Advanced",  # a standard parameter holds 4 KB
            key_id=encryption.key_arn,
            value=Fn.jsonencode(cast("dict[str, Any]", _document(content))),
            depends_on=list(after) or None,
        )


def _document(value: object) -> object:
    # Lists for tuples: the framework knows no tuple, and JSON has none.
    if isinstance(value, BaseModel):
        value = dict(value)
    if isinstance(value, dict):
        # An SDK of an earlier release refuses fields that it does not know: what is not set is not written.
        return {key: _document(field) for key, field in value.items() if field is not None}
    if isinstance(value, tuple):
        return [_document(item) for item in value]
    return value
