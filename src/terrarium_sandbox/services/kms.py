"""KMS: the policy of a key without its name, of which there is one."""

from typing import Any

from moto.kms.responses import KmsResponse

from terrarium_sandbox.patches import patch
from terrarium_sandbox.sandbox import Sandbox

__all__ = ["install"]


def install(sandbox: Sandbox) -> None:  # noqa: ARG001 - the service protocol
    """Correct moto's KMS."""
    get = KmsResponse._get_param

    def get_with_default(self: KmsResponse, param_name: str, if_none: Any = None) -> Any:
        """`default` is the default of PolicyName (KMS API Reference, GetKeyPolicy and PutKeyPolicy)."""
        return get(self, param_name, "default" if param_name == "PolicyName" else if_none)

    patch(KmsResponse, "_get_param", get_with_default, reason="moto requires PolicyName; AWS uses `default`.")
