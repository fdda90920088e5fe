"""The Terraform binary that commands run."""

import os
import shutil
from pathlib import Path

from terrarium.errors import Error

__all__ = ["terraform_binary"]

_VARIABLE = "TERRAFORM_BINARY_NAME"  # the variable of cdktf


def terraform_binary() -> str:
    """Return the path of the binary that `TERRAFORM_BINARY_NAME` names. Default: `terraform`.

    Raises:
        Error: PATH has no such program.
    """
    name = os.environ.get(_VARIABLE) or "terraform"
    found = shutil.which(name)
    if found is None:
        raise Error(
            f"there is no program {name!r} on PATH",
            remedy=f"install it, or name another binary, such as OpenTofu's: export {_VARIABLE}=tofu",
        )
    return str(Path(found).absolute())
