"""Check of values against CloudFormation's resource schemas with cfn-lint.

A stack is translated to one CloudFormation template, with values in place of references. cfn-lint checks patterns,
enums, combinations, required properties, IAM and Step Functions documents, and versions that can no longer be created.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cfnlint.config import ConfigMixIn
from cfnlint.runner import Runner
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER
from cfnlint.template import Template

from policies.aws.arns import name_of
from policies.aws.values.declared import Declared
from policies.aws.values.expressions import Unknown
from policies.aws.values.problem import Problem
from policies.aws.values.shape import SchemaShape
from policies.aws.values.translation import Names, Path, Translated, translate
from policies.stack import Resource

__all__ = ["SchemaCheck", "schema_translation"]

# Rules of cfn-lint that are about how a template is written, and not about values. Source: cfn-lint, "docs/rules.md".
_TEMPLATES = [
    "E1", "E2", "E3010", "E4", "E5", "E6", "E7", "E8",
    "W1", "W2", "W3002", "W3005", "W3010", "W3011", "W4", "W6", "W7", "W8",
]  # fmt: skip
# Rules of these families that are about values: formats of ids and ARNs, versions of policies, retired runtimes.
_VALUES = ["E11", "E253", "W2511", "W253"]
_FALLBACK = "us-east-1"  # the region that has every type
# Types whose `Ref` is their id in Terraform, and whose relations cfn-lint checks.
_LINKED = {"AWS::EC2::VPC", "AWS::EC2::Subnet"}
_UNKNOWN = {"Fn::ImportValue": "known-after-the-deployment"}  # cfn-lint leaves imported values alone


@dataclass
class _Entry:
    """A resource of the template, with the Terraform argument of each of its properties."""

    type: str
    region: str
    id: str | None
    properties: dict[str, Any] = field(default_factory=dict)
    sources: dict[Path, tuple[Resource, str]] = field(default_factory=dict)

    def source(self, path: Path) -> tuple[Resource, str]:
        while path not in self.sources:
            path = path[:-1]
        return self.sources[path]


class SchemaCheck:
    """Runs cfn-lint over stacks."""

    def __init__(self) -> None:
        self._config = ConfigMixIn(
            ignore_checks=_TEMPLATES,
            mandatory_checks=_VALUES,
            config_file=os.devnull,  # a file of the user would change the verdict
        )
        self._rules = Runner(self._config).rules

    def problems(self, declared: Sequence[Declared], *, region: str) -> Iterator[Problem]:
        """Yield cfn-lint's findings in the resources of one stack.

        Raises:
            RuntimeError: A rule failed, so that there is no verdict.
        """
        entries = list(_entries(declared, region))
        for home in (region, _FALLBACK):
            if here := [entry for entry in entries if entry.region == home]:
                yield from self._matches(here, home)
            if region == _FALLBACK:
                return

    def _matches(self, entries: Sequence[_Entry], region: str) -> Iterator[Problem]:
        references = {entry.id: {"Ref": f"R{index}"} for index, entry in enumerate(entries) if entry.id}
        template = {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Resources": {
                f"R{index}": {"Type": entry.type, "Properties": _linked(entry.properties, references)}
                for index, entry in enumerate(entries)
            },
        }
        self._config.set_template_args(template)
        document = Template(None, template, [region])
        # The runner would merge equal messages about two resources.
        matches = {
            (match.rule.id, tuple(match.path or ()), match.message)
            for match in self._rules.run(filename=None, cfn=document, config=self._config)
            if match.parent_id is None
        }
        for rule, path, message in sorted(matches, key=str):
            if len(path) < 2:
                raise RuntimeError(f"cfn-lint cannot check a stack: {rule}: {message}")
            resource, argument = entries[int(str(path[1]).removeprefix("R"))].source(path[3:])
            yield Problem(resource, argument, rule, message)


def _entries(declared: Sequence[Declared], region: str) -> Iterator[_Entry]:
    entries: dict[str, _Entry] = {}
    addresses: dict[tuple[str, str | None], str] = {}
    parts = []
    for one in declared:
        entry = _entry(one, region)
        if one.counterpart.part_of:
            parts.append((one, entry))
        else:
            entries[one.resource.address] = entry
            addresses[entry.type, name_of(one.resource)] = one.resource.address
    for one, entry in parts:
        named = str(one.resource.attributes.get(one.counterpart.part_of or ""))
        # In a plan, the name of the whole resource replaces the reference.
        whole = addresses.get((entry.type, named)) or _referenced(named)
        if whole in entries:
            _merge(entry.properties, entry.sources, entries[whole])
        else:
            yield entry
    yield from entries.values()


def schema_translation(one: Declared, region: str) -> Translated:
    """Return the arguments of a resource as properties of its CloudFormation type."""
    kind = one.counterpart.cloudformation
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(_schema_region(kind, region), kind).schema
    arguments = dict(one.arguments)
    taggable = schema.get("tagging", {}).get("taggable") and "Tags" in schema["properties"]
    if taggable and one.default_tags and not one.counterpart.part_of:
        arguments["tags"] = {**one.default_tags, **(arguments.get("tags") or {})}
    names = Names(
        renames=one.counterpart.schema,
        prefix=kind.rpartition("::")[2],
        within=one.counterpart.within,
        constants=one.counterpart.constants,
    )
    return translate(arguments, SchemaShape(schema, schema), names=names)


def _schema_region(kind: str, region: str) -> str:
    """Return the region with the schema of a type: in some regions CloudFormation lacks types of available services."""
    return region if kind in PROVIDER_SCHEMA_MANAGER.get_resource_types(region) else _FALLBACK


def _entry(one: Declared, region: str) -> _Entry:
    kind = one.counterpart.cloudformation
    translated = schema_translation(one, region)
    sources = {path: (one.resource, argument) for path, argument in translated.sources.items()}
    own_id = one.id if kind in _LINKED else None
    return _Entry(
        kind, _schema_region(kind, region), own_id, translated.value, {(): (one.resource, ""), **sources}
    )


def _referenced(reference: str) -> str:
    """Return the address of the resource that a reference such as `${aws_iam_role.x.name}` refers to."""
    return ".".join(reference.removeprefix("${").split(".")[:2])


def _merge(properties: dict[str, Any], sources: dict[Path, tuple[Resource, str]], whole: _Entry) -> None:
    """Add the properties of a part to those of the whole resource; lists are appended."""
    for name, value in properties.items():
        present = whole.properties.get(name)
        offset = len(present) if isinstance(present, list) else 0
        if isinstance(present, list):
            present.extend(value)
        else:
            whole.properties[name] = value
        for path, source in sources.items():
            if path[:1] == (name,):
                moved = (name, int(path[1]) + offset, *path[2:]) if len(path) > 1 and offset else path
                whole.sources.setdefault(moved, source)


def _linked(value: Any, references: Mapping[str, Any]) -> Any:
    """Return properties with references to resources of the template, which rules about several resources need."""
    if isinstance(value, Unknown):
        return _UNKNOWN
    if isinstance(value, dict):
        return {key: _linked(item, references) for key, item in value.items()}
    if isinstance(value, list):
        return [_linked(item, references) for item in value]
    return references.get(value, value) if isinstance(value, str) else value
