"""Extensions of a stack: their Terraform types, policies, drift checks and costs, as its `//` describes them."""

from collections.abc import Iterator, Mapping
from typing import Any

from environments.import_path import ExtensionImportError, import_object
from modules.resource_type import Cost, ImportLookup, PlannedEffect, ResourceType
from policies.plan.effects.effect import Effect, TypeEffects
from policies.policy import Policy
from policies.stack import Stack

__all__ = [
    "declared_costs",
    "declared_effects",
    "declared_lookups",
    "declared_policies",
    "declared_types",
    "objects",
]

Document = Mapping[str, Any]


def declared_types(document: Document) -> Mapping[str, ResourceType]:
    """Return the Terraform types that the extensions of a stack declare. The kit's own knowledge has precedence.

    Args:
        document: The content of `cdk.tf.json`.
    """
    return {
        # The framework leaves out values that are None.
        kind: ResourceType.model_validate({"deleted": None, "replaced": None, **declared})
        for extension in _described(document).values()
        for kind, declared in extension["types"].items()
    }


def declared_effects(document: Document) -> Mapping[str, TypeEffects]:
    """Return the effects of the changes of declared types."""
    return {
        kind: TypeEffects(_effect(declared.replaced), _effect(declared.deleted))
        for kind, declared in declared_types(document).items()
    }


def declared_lookups(document: Document) -> Mapping[str, ImportLookup]:
    """Return how the objects of declared types are found."""
    return {
        kind: declared.lookup
        for kind, declared in declared_types(document).items()
        if declared.lookup is not None
    }


def declared_costs(document: Document) -> Mapping[str, Cost]:
    """Return the costs of extensions besides those of their resources, by the construct id of the extension."""
    return {
        f"extension-{name}": Cost(**extension["cost"]) for name, extension in _described(document).items()
    }


def declared_policies(stack: Stack) -> Iterator[Policy[Stack]]:
    """Yield the policies of the extensions of a stack.

    Raises:
        ExtensionImportError: A path names no tuple of policies.
    """
    for found in objects(stack.document, "policies"):
        if not isinstance(found, Policy):
            raise ExtensionImportError(
                f"an extension of {stack.name} names a policy that is a {type(found).__name__}",
                remedy="write a tuple of policies.policy.Policy",
            )
        yield found


def objects(document: Document, name: str) -> Iterator[object]:
    """Yield the items of the tuples that the extensions of a stack name.

    Args:
        document: The content of `cdk.tf.json`.
        name: `policies` or `drift_checks`.

    Raises:
        ExtensionImportError: A path names no tuple.
    """
    for extension, described in _described(document).items():
        path = described.get(name)
        if path is None:
            continue
        found = import_object(path, named_by=f"{name} of the extension {extension!r}")
        if not isinstance(found, tuple | list):
            raise ExtensionImportError(
                f"{name} of the extension {extension!r} names {path}, which is a {type(found).__name__}",
                remedy="write a tuple",
            )
        yield from found


def _described(document: Document) -> Mapping[str, Any]:
    return dict(document.get("//", {}).get("extensions", {}))


def _effect(declared: PlannedEffect | None) -> Effect | None:
    return Effect(declared.consequence, declared.text) if declared else None
