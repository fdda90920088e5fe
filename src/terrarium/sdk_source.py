"""Where the SDK and its libraries come from: what errors tell users to do."""

from typing import Final

__all__ = ["INSTALL_SDK", "install_commands"]

INSTALL_SDK: Final = (
    "install the SDK that your environment serves, which includes it: `terrarium describe <environment>` prints the "
    "commands; in a checkout of the infrastructure, run `make setup`"
)
"""The remedy where a library is missing, or this SDK is too old."""


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
