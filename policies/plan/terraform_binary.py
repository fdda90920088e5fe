"""The Terraform binary that commands run."""

import os
import shutil
from pathlib import Path

from terrarium.errors import Error

__all__ = ["terraform_binary", "terraform_name"]

_VARIABLE = "TERRAFORM_BINARY_NAME"  # the variable of cdktf


def terraform_name() -> str:
    """Return the name or path in `TERRAFORM_BINARY_NAME`. Default: `terraform`."""
    return os.environ.get(_VARIABLE) or "terraform"


def terraform_binary() -> str:
    """Return the path of the binary that `TERRAFORM_BINARY_NAME` names. Default: `terraform`.

    Raises:
        Error: PATH has no such program.
    """
    name = terraform_name()
    found = shutil.which(name)
    if found is None:
        raise Error(
            f"there is no program {name!r} on PATH",
            remedy=f"install it, or name another binary, such as OpenTofu's: export {_VARIABLE}=tofu",
        )
    return str(Path(found).absolute())
