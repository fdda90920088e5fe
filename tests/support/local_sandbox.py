"""A sandbox that is controlled by its commands."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from terrarium.checkout import ENVIRONMENTS
from terrarium_sandbox.home import Home
from terrarium_sandbox.process.process_record import ProcessRecord

__all__ = ["LocalSandbox"]

_TERRARIUM = Path(sys.executable).with_name("terrarium")


@dataclass(frozen=True)
class LocalSandbox:
    """The sandbox of one home folder, and the checkout in which its commands run.

    Args:
        home: The home folder of the sandbox.
        checkout: The folder in which commands run.
        environments: The folder of the environments' files; those of the tests unless a test says otherwise.
    """

    home: Path
    checkout: Path
    environments: Path | None = None
    _environments: dict[tuple[str, ...], dict[str, str]] = field(default_factory=dict)

    def command(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `terrarium sandbox <arguments>`."""
        if arguments[0] != "env":
            self._environments.clear()
        done = subprocess.run(
            [_TERRARIUM, "sandbox", *arguments],
            cwd=self.checkout,
            env=self._shell(),
            check=False,
            capture_output=True,
            text=True,
        )
        assert not (check and done.returncode), done.stderr
        return done

    def environment(self, *arguments: str) -> dict[str, str]:
        """Return the variables of a shell after `eval "$(terrarium sandbox env <arguments>)"`."""
        if arguments not in self._environments:
            exports = self.command("env", *arguments).stdout
            printed = subprocess.run(
                ["sh", "-ec", f"{exports}\nenv -0"],
                env=self._shell(),
                check=True,
                capture_output=True,
                text=True,
            )
            variables = dict(line.split("=", 1) for line in printed.stdout.split("\0") if line)
            self._environments[arguments] = variables
        return self._environments[arguments]

    def client(self, service: str, *arguments: str) -> Any:
        """Return a boto3 client with the variables of `environment(*arguments)`."""
        environment = self.environment(*arguments)
        session = boto3.Session(
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            region_name=environment["AWS_REGION"],
        )
        return session.client(service, endpoint_url=environment["AWS_ENDPOINT_URL"])  # type: ignore[call-overload] # any service

    def process(self) -> ProcessRecord | None:
        """Return the status of the sandbox, if it runs."""
        return ProcessRecord.read(Home(self.home))

    def _shell(self) -> dict[str, str]:
        environments = {ENVIRONMENTS: str(self.environments)} if self.environments else {}
        return {**os.environ, **environments, "TERRARIUM_SANDBOX_HOME": str(self.home)}
