"""Synthesized stacks for tests: resources by construct path."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from environments import Environment
from stacks import app

__all__ = ["Synthesized", "listed", "synthesize"]


class Synthesized:
    """The `cdk.tf.json` of one stack, with resources by construct path instead of logical id."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document

    def resources(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the resources of one Terraform type, by construct path below the stack."""
        return {
            _path(resource): {key: value for key, value in resource.items() if key != "//"}
            for resource in self.document["resource"].get(kind, {}).values()
        }

    def resource(self, kind: str, path: str) -> dict[str, Any]:
        """Return the resource of a type and construct path."""
        return self.resources(kind)[path]

    def granted(self, role: str) -> list[dict[str, Any]]:
        """Return the statements of every policy below the construct of a role."""
        return [
            statement
            for path, policy in self.resources("aws_iam_policy").items()
            if path.startswith(f"{role}/")
            for statement in json.loads(policy["policy"])["Statement"]
        ]

    @property
    def kinds(self) -> set[str]:
        """The Terraform types in use."""
        return set(self.document["resource"])


def listed(value: str | list[str]) -> list[str]:
    """Return a value of IAM, which is one string or a list of strings, as a list."""
    return [value] if isinstance(value, str) else value


def synthesize(environments: Iterable[Environment], folder: Path) -> dict[str, Synthesized]:
    """Synthesize an app of `environments` into `folder`. Return the stacks by name."""
    app.synthesize(environments, outdir=folder)
    return {
        file.parent.name: Synthesized(json.loads(file.read_text()))
        for file in sorted(folder.glob("stacks/*/cdk.tf.json"))
    }


def _path(resource: Mapping[str, Any]) -> str:
    path: str = resource["//"]["metadata"]["path"]
    return path.partition("/")[2]
