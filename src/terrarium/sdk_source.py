"""Source of the SDK and its libraries, for the remedies of errors."""

from typing import Final

__all__ = ["INSTALL_SDK", "REQUIREMENTS_OF_SANDBOX", "install_commands", "sandbox_command"]

INSTALL_SDK: Final = (
    "install the SDK that your environment serves, which includes it: `terrarium describe <environment>` prints the "
    "commands; in a checkout of the infrastructure, run `make setup`"
)
"""The remedy if a library is missing, or this SDK is too old."""


REQUIREMENTS_OF_SANDBOX: Final = "requirements-sandbox.txt"
"""The file beside the SDK's wheel with the exact versions and hashes of the SDK, the sandbox and their dependencies."""


def install_commands(*, bucket: str, release_prefix: str, dependencies_prefix: str) -> tuple[str, str]:
    """Return the commands that install an environment's SDK into the current Python environment.

    Returns:
        The commands for any platform with a package index, and those for Linux on x86-64 with Python 3.11, which need
        no index. pip checks the hash of every file in both cases.
    """
    release = f"aws s3 sync s3://{bucket}/{release_prefix} terrarium-sdk"
    dependencies = f"aws s3 sync s3://{bucket}/{dependencies_prefix} terrarium-sdk"
    install = "pip install --require-hashes --find-links terrarium-sdk -r terrarium-sdk/requirements.txt"
    return (
        f"{release} && {install}",
        f"{release} && {dependencies} && {install.replace('--require-hashes', '--no-index --require-hashes')}",
    )


def sandbox_command(*, bucket: str, release_prefix: str) -> str:
    """Return the command that installs an environment's SDK together with the sandbox.

    It needs a package index for the dependencies. pip checks the hash of every file.
    """
    return (
        f"aws s3 sync s3://{bucket}/{release_prefix} terrarium-sdk && pip install --require-hashes "
        f"--find-links terrarium-sdk -r terrarium-sdk/{REQUIREMENTS_OF_SANDBOX}"
    )
