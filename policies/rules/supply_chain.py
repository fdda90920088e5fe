"""Supply chain: scripts and commands of a stack install packages only from local files, with verified hashes."""

import base64
import binascii
from collections.abc import Iterator

from policies.installs import install_commands, is_offline, is_verified
from policies.policy import Policy, Violation
from policies.rules.compute import containers
from policies.stack import Resource, Stack

__all__ = ["POLICIES"]

# Arguments that contain a script, most of them in base64.
_SCRIPTS = {
    "aws_sagemaker_notebook_instance_lifecycle_configuration": ("on_create", "on_start"),
    "aws_launch_template": ("user_data",),
    "aws_instance": ("user_data", "user_data_base64"),
}


def _unverified_installs(stack: Stack) -> Iterator[Violation]:
    for resource, script in _scripts(stack):
        for command in install_commands(script):
            if not is_offline(command):
                yield Violation(resource, f"it installs from a package index: {command}")
            elif not is_verified(command):
                yield Violation(resource, f"it installs packages without verifying their hashes: {command}")


def _scripts(stack: Stack) -> Iterator[tuple[Resource, str]]:
    for kind, arguments in _SCRIPTS.items():
        for resource in stack.resources(kind):
            for argument in arguments:
                if isinstance(text := resource.attributes.get(argument), str):
                    yield resource, _decoded(text)
    for resource, container in containers(stack):
        words = [*container.get("entryPoint", []), *container.get("command", [])]
        yield resource, " ".join(str(word) for word in words)


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return text


POLICIES: tuple[Policy[Stack], ...] = (
    Policy(
        id="verified-installs",
        title="Scripts and commands of a stack install packages from local files only, and verify their hashes",
        remedy="publish the packages to the environment's bucket (terrarium sdk publish), and install them with "
        "--no-index --find-links FOLDER --require-hashes -r FILE",
        violations=_unverified_installs,
    ),
)
