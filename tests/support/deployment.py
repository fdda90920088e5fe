"""An environment, deployed by the real cdktf command line."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.support.local_sandbox import LocalSandbox

__all__ = ["Deployment"]


@dataclass
class Deployment:
    """One environment of the checkout in one sandbox.

    Args:
        sandbox: Where it is deployed to.
        name: The environment.
        outdir: Where stacks are synthesized to, so that the checkout's own `cdktf.out` stays as it is.
        credentials_of: The environment whose account the credentials are for; its own unless a test says otherwise.
        programs: The folder with `python` and `terrarium`; those of this process unless a test says otherwise.
    """

    sandbox: LocalSandbox
    name: str
    outdir: Path
    credentials_of: str | None = None
    programs: Path = Path(sys.executable).parent

    @cached_property
    def shell(self) -> dict[str, str]:
        """Return the variables of a shell after `eval "$(terrarium sandbox env <name>)"`."""
        variables = self.sandbox.environment(self.credentials_of or self.name)
        return {**variables, "PATH": f"{self.programs}{os.pathsep}{variables['PATH']}"}

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Type a command in the checkout; its output is shown where it fails."""
        done = subprocess.run(
            command, cwd=self.sandbox.checkout, env=self.shell, check=False, capture_output=True, text=True
        )
        assert not (check and done.returncode), f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
        return done

    def terrarium(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Type `terrarium <arguments>`."""
        return self.run(str(self.programs / "terrarium"), *arguments, check=check)

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Type `python <arguments>`."""
        return self.run(str(self.programs / "python"), *arguments)

    def cdktf(self, command: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Type `cdktf <command> <name> <arguments>`."""
        return self.run("cdktf", command, self.name, "--output", str(self.outdir), *arguments, check=check)

    def deploy(self) -> str:
        """`cdktf deploy`; what it printed."""
        return self.cdktf("deploy", "--auto-approve").stdout

    def terraform(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Type `terraform <arguments>` in the synthesized stack."""
        terraform = self.shell.get("TERRAFORM_BINARY_NAME", "terraform")
        return self.run(terraform, f"-chdir={self.outdir / 'stacks' / self.name}", *arguments, check=check)

    def state(self) -> dict[str, dict[str, Any]]:
        """Return the resources in Terraform's state: attributes by address, as in `aws_s3_bucket.x`."""
        shown = json.loads(self.terraform("show", "-json").stdout)
        resources = shown.get("values", {}).get("root_module", {}).get("resources", [])
        return {resource["address"]: resource["values"] for resource in resources}
