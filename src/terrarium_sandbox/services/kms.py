"""KMS: the name of key policies is optional, and a key is named by its id or its ARN."""

from typing import Any

from moto.kms.models import KmsBackend
from moto.kms.responses import KmsResponse

from terrarium_sandbox.patches import patch, wrap
from terrarium_sandbox.sandbox import Sandbox

__all__ = ["install"]


def install(sandbox: Sandbox) -> None:  # noqa: ARG001 - the service protocol
    """Correct moto's KMS."""
    get = KmsResponse._get_param

    def get_with_default(self: KmsResponse, param_name: str, if_none: Any = None) -> Any:
        """Return a parameter; `default` for PolicyName (KMS API Reference, GetKeyPolicy and PutKeyPolicy)."""
        return get(self, param_name, "default" if param_name == "PolicyName" else if_none)

    patch(KmsResponse, "_get_param", get_with_default, reason="moto requires PolicyName; AWS uses `default`.")

    for operation in ("cancel_key_deletion", "disable_key", "enable_key", "schedule_key_deletion"):

        @wrap(KmsBackend, operation, reason="moto fails for the ARN of a key, which AWS accepts.")
        def by_id_or_arn(original: Any, backend: KmsBackend, key_id: str, *arguments: Any) -> Any:
            return original(backend, backend.get_key_id(key_id), *arguments)
