"""Data about AWS that is part of cfn-lint, which reads it from AWS' own interfaces."""

from importlib.util import find_spec
from pathlib import Path

__all__ = ["read_data"]


def read_data(folder: str, name: str) -> str:
    """Return the text of a data file.

    Args:
        folder: The resource type, as in `aws_rds_dbcluster`.
        name: The name of the file.

    Raises:
        ModuleNotFoundError: cfn-lint is not installed.
    """
    package = find_spec("cfnlint")  # located, not imported: importing it takes longer than synthesis
    if package is None or package.origin is None:
        raise ModuleNotFoundError("cfn-lint is not installed: its data about RDS is needed")
    file = Path(package.origin).parent / "data" / "schemas" / "extensions" / folder / name
    return file.read_text(encoding="utf-8")
