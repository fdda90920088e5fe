"""Synthesized stack as policies read it: resources with their construct paths, and waivers."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from environments.regions import partition_of
from environments.tiers import Tier
from policies.policy_documents import with_policy_documents
from stacks.output_names import CONFIGURATION

__all__ = ["Resource", "Stack", "blocks_of", "document_in", "read_stack"]


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
        """The Terraform address, such as `aws_s3_bucket.artifacts_bucket`."""
        return f"{self.kind}.{self.id}"

    def blocks(self, *names: str) -> list[Mapping[str, Any]]:
        """Return the nested blocks at that path; Terraform's JSON writes a single block with or without a list."""
        found: list[Mapping[str, Any]] = [self.attributes]
        for name in names:
            found = [block for parent in found for block in blocks_of(parent.get(name))]
        return found

    def document(self, name: str) -> dict[str, Any]:
        """Return the JSON document in the text of an argument; empty without one."""
        return document_in(self.attributes.get(name))

    def refers_to(self, name: str, other: "Resource") -> bool:
        """Return whether an argument refers to `other`, by a Terraform reference or by its physical name."""
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
        tier: The tier of the environment, which decides how strict the rules for durability are.
        document: The content of the file.
    """

    name: str
    tier: Tier
    document: Mapping[str, Any]

    @cached_property
    def elements(self) -> tuple[Resource, ...]:
        """All resources and data sources."""
        return (*self._section("resource"), *self._section("data"))

    @property
    def waivers(self) -> Mapping[str, Mapping[str, Any]]:
        """The waivers as written, not validated: by logical id, then by check id."""
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

    def switched_on(self, section: str, field: str = "enabled") -> bool:
        """Return whether the environment's file, which the stack contains as an output, has this switch on."""
        configuration = self.document.get("output", {}).get(CONFIGURATION, {}).get("value", {})
        return bool(configuration.get(section, {}).get(field, True))

    @property
    def account(self) -> str:
        """The id of the account."""
        (account,) = self.provider["allowed_account_ids"]
        return str(account)

    @property
    def region(self) -> str:
        """The region."""
        return str(self.provider["region"])

    @property
    def partition(self) -> str:
        """The partition of the region, such as `aws`."""
        return partition_of(self.region) or "aws"

    def arn(self, form: str, **values: str) -> str:
        """Return an ARN of the form `arn:aws:…` in the stack's partition, with `{region}`, `{account}` and `values`."""
        filled = form.format(region=self.region, account=self.account, **values)
        return filled.replace("arn:aws:", f"arn:{self.partition}:", 1)

    @property
    def name_stem(self) -> str:
        """The beginning of the names of its resources, such as `terrarium-dev`: that of the state bucket's name."""
        bucket = self.document["terraform"]["backend"]["s3"]["bucket"]
        return str(bucket).removesuffix(f"-state-{self.account}")

    def resources(self, *kinds: str) -> Iterator[Resource]:
        """Yield the resources of these types, without data sources, which the stack does not manage."""
        yield from (resource for resource in self._managed if resource.kind in kinds)

    @cached_property
    def _managed(self) -> tuple[Resource, ...]:
        return self._section("resource")

    def _section(self, name: str) -> tuple[Resource, ...]:
        sources = self.document.get("data", {}).get("aws_iam_policy_document", {})
        return tuple(
            _resource(kind, logical_id, body, sources)
            for kind, bodies in self.document.get(name, {}).items()
            for logical_id, body in bodies.items()
        )

    def whole(self) -> Resource:
        """Return the stack itself as a resource, for findings about something that is missing."""
        return Resource(kind="stack", id=self.name, path="", attributes={})


def read_stack(file: Path, *, tier: Tier) -> Stack:
    """Read a `cdk.tf.json`, whose folder has the name of the environment."""
    return Stack(name=file.parent.name, tier=tier, document=json.loads(file.read_text(encoding="utf-8")))


def _resource(
    kind: str, logical_id: str, body: Mapping[str, Any], sources: Mapping[str, Mapping[str, Any]]
) -> Resource:
    path = body.get("//", {}).get("metadata", {}).get("path", "").partition("/")[2] or logical_id
    attributes = {key: value for key, value in body.items() if key != "//"}
    attributes = with_policy_documents(attributes, sources)
    return Resource(kind=kind, id=logical_id, path=path, attributes=attributes)


def document_in(text: object) -> dict[str, Any]:
    """Return the JSON document in a text; empty without one."""
    if not isinstance(text, str) or not text.lstrip().startswith("{"):
        return {}
    parsed = json.loads(text)
    return parsed if isinstance(parsed, dict) else {}


def blocks_of(value: Any) -> list[Mapping[str, Any]]:
    """Return the nested blocks of an argument; Terraform's JSON writes a single one with or without a list."""
    if value is None:
        return []
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, Mapping)]
