"""A synthesized stack as policies look at it: resources by construct path, and the waivers beside them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from environments.tiers import Tier

__all__ = ["Resource", "Stack", "blocks_of", "read_stack"]


@dataclass(frozen=True)
class Resource:
    """A resource or data source of a stack.

    Args:
        kind: Its Terraform type, such as `aws_s3_bucket`.
        id: Its logical id.
        path: Its construct path below the stack, such as `artifacts/bucket`.
        attributes: Its arguments as synthesized: values, or references such as `${aws_kms_key.x.arn}`.
    """

    kind: str
    id: str
    path: str
    attributes: Mapping[str, Any]

    @property
    def address(self) -> str:
        """Its address in Terraform's words."""
        return f"{self.kind}.{self.id}"

    def blocks(self, *names: str) -> list[Mapping[str, Any]]:
        """The nested blocks at that path; Terraform's JSON writes a single one with or without a list."""
        found: list[Mapping[str, Any]] = [self.attributes]
        for name in names:
            found = [block for parent in found for block in blocks_of(parent.get(name))]
        return found

    def document(self, name: str) -> dict[str, Any]:
        """The JSON document that an argument holds as text; empty if there is none."""
        text = self.attributes.get(name)
        if not isinstance(text, str) or not text.lstrip().startswith("{"):
            return {}
        parsed = json.loads(text)
        return parsed if isinstance(parsed, dict) else {}

    def refers_to(self, name: str, other: "Resource") -> bool:
        """Whether an argument names `other`, by a reference or by its physical name."""
        value = json.dumps(self.attributes.get(name))
        physical = [
            other.attributes.get(key) for key in ("bucket", "name", "cluster_identifier", "id", "arn")
        ]
        return f"{other.address}." in value or any(text and json.dumps(text) in value for text in physical)


@dataclass(frozen=True)
class Stack:
    """One environment's `cdk.tf.json`.

    Args:
        name: The environment.
        tier: What it promises; how strict durability is follows from it.
        document: The file's content.
    """

    name: str
    tier: Tier
    document: Mapping[str, Any]

    @cached_property
    def elements(self) -> tuple[Resource, ...]:
        """Every resource and data source."""
        return (*self._section("resource"), *self._section("data"))

    @property
    def waivers(self) -> Mapping[str, Mapping[str, Any]]:
        """What is waived, unchecked: by logical id, then by check id."""
        return dict(self.document.get("//", {}).get("waivers", {}))

    @cached_property
    def by_id(self) -> Mapping[str, Resource]:
        """Resources and data sources by logical id, which is unique in a stack."""
        return {element.id: element for element in self.elements}

    @property
    def provider(self) -> Mapping[str, Any]:
        """The configuration of the AWS provider."""
        (provider,) = self.document["provider"]["aws"]
        return dict(provider)

    def resources(self, *kinds: str) -> Iterator[Resource]:
        """The resources of these types; what data sources read is not the stack's to judge."""
        yield from (resource for resource in self._managed if resource.kind in kinds)

    @cached_property
    def _managed(self) -> tuple[Resource, ...]:
        return self._section("resource")

    def _section(self, name: str) -> tuple[Resource, ...]:
        return tuple(
            _resource(kind, logical_id, body)
            for kind, bodies in self.document.get(name, {}).items()
            for logical_id, body in bodies.items()
        )

    def whole(self) -> Resource:
        """The stack itself, for what is missing altogether."""
        return Resource(kind="stack", id=self.name, path="", attributes={})


def read_stack(file: Path, *, tier: Tier) -> Stack:
    """Read a `cdk.tf.json`, whose folder bears the environment's name."""
    return Stack(name=file.parent.name, tier=tier, document=json.loads(file.read_text(encoding="utf-8")))


def _resource(kind: str, logical_id: str, body: Mapping[str, Any]) -> Resource:
    path = body.get("//", {}).get("metadata", {}).get("path", "").partition("/")[2] or logical_id
    attributes = {key: value for key, value in body.items() if key != "//"}
    return Resource(kind=kind, id=logical_id, path=path, attributes=attributes)


def blocks_of(value: Any) -> list[Mapping[str, Any]]:
    """Return the nested blocks of an argument; Terraform's JSON writes a single one with or without a list."""
    if value is None:
        return []
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, Mapping)]
