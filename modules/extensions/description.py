"""Description of the extensions of a stack in its `//`, a comment for Terraform, which policies and commands read."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from modules.extensions.load import LoadedExtension

if TYPE_CHECKING:
    from cdktf import TerraformStack

__all__ = ["write_description"]


def write_description(stack: "TerraformStack", extensions: Iterable[LoadedExtension]) -> None:
    """Write the types, policies, drift checks and costs of extensions to the stack."""
    described = {extension.name: _description(extension) for extension in extensions}
    if described:
        stack.add_override("//.extensions", described)


def _description(extension: LoadedExtension) -> dict[str, object]:
    kind = extension.kind
    described: dict[str, object] = {
        "cost": kind.cost(extension.config)._asdict(),
        "types": {name: one.model_dump(mode="json") for name, one in kind.resource_types.items()},
    }
    for name in ("policies", "drift_checks"):
        if (path := getattr(kind, name)) is not None:
            described[name] = path
    return described
