"""A deployed environment whose configuration changes: what Terraform plans for it."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from environments import Environment
from modules.names import Names
from policies.plan.change import Change, changes_of
from tests.stacks.synthesized import synthesize
from tests.support.local_sandbox import LocalSandbox
from tests.support.terraform import Terraform

__all__ = ["ChangingEnvironment", "with_changes"]


def with_changes(config: Environment, changes: Mapping[str, Any]) -> Environment:
    """Return the environment with other values of fields, by path, as in `network.egress` or `compute.pools.cpu.nodes`.

    Items of lists of sections are addressed by their names.
    """
    document = config.model_dump(mode="json")
    for path, value in changes.items():
        *sections, field = path.split(".")
        target: Any = document
        for step in sections:
            target = (
                target[step]
                if isinstance(target, dict)
                else next(item for item in target if item["name"] == step)
            )
        target[field] = value
    return Environment.model_validate(document)


class ChangingEnvironment:
    """One environment in the sandbox, deployed by Terraform without the command line of cdktf.

    Args:
        sandbox: A running sandbox.
        folder: Where stacks are synthesized, and Terraform runs.
        config: The environment.
    """

    def __init__(self, sandbox: LocalSandbox, folder: Path, config: Environment) -> None:
        self.config = config
        self._folder = folder
        self._paths: dict[str, str] = {}
        self._terraform = Terraform(folder, sandbox.environment(config.name))
        sandbox.client("s3", config.name).create_bucket(
            Bucket=Names.of(config).state_bucket,
            CreateBucketConfiguration={"LocationConstraint": config.region},
        )

    def deploy(self, changes: Mapping[str, Any] | None = None) -> None:
        """Deploy the environment with other values of fields, which it keeps."""
        self.config = with_changes(self.config, changes or {})
        self._write(self.config)
        self._terraform.succeed("init", "-reconfigure")
        self._terraform.succeed("apply", "-auto-approve")

    def plan(self, changes: Mapping[str, Any] | None = None) -> dict[str, Change]:
        """Return the planned changes by construct path, with other values of fields."""
        self._write(with_changes(self.config, changes or {}))
        self._terraform.succeed("plan", "-lock=false", "-out=plan")
        document = self._terraform.planned("plan")
        return {self._paths.get(change.address, change.address): change for change in changes_of(document)}

    def refusal(self, changes: Mapping[str, Any]) -> str:
        """Return why Terraform refuses to plan other values of fields, in one line."""
        self._write(with_changes(self.config, changes))
        self._terraform.run("init", "-reconfigure")
        refused = self._terraform.run("plan", "-lock=false")
        assert refused.returncode == 1, refused.stdout[-2000:]
        return " ".join(refused.stderr.split())

    def _write(self, config: Environment) -> None:
        shutil.rmtree(self._folder / "synthesized", ignore_errors=True)
        document = synthesize([config], self._folder / "synthesized")[config.name].document
        self._terraform.write(document)
        self._paths = {
            f"{kind}.{name}": body["//"]["metadata"]["path"].partition("/")[2]
            for kind, bodies in document["resource"].items()
            for name, body in bodies.items()
        }
