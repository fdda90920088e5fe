"""AWS regions and their partitions, from botocore's list (`data/partitions.json`)."""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

__all__ = ["dns_suffix_of", "partition_of"]


def partition_of(region: str) -> str | None:
    """Return the partition of a region, such as `aws` or `aws-cn`; None if there is no such region."""
    found = _partitions().get(region)
    return None if found is None else found[0]


def dns_suffix_of(region: str) -> str | None:
    """Return the domain of the endpoints in a region, such as `amazonaws.com`; None if there is no such region."""
    found = _partitions().get(region)
    return None if found is None else found[1]


@cache
def _partitions() -> dict[str, tuple[str, str]]:
    package = find_spec("botocore")  # located, not imported: importing it takes longer than reading the file
    if package is None or package.origin is None:
        raise ModuleNotFoundError("botocore is not installed: its list of regions is needed")
    listed = json.loads(
        (Path(package.origin).parent / "data" / "partitions.json").read_text(encoding="utf-8")
    )
    return {
        region: (partition["id"], partition["outputs"]["dnsSuffix"])
        for partition in listed["partitions"]
        for region in partition["regions"]
        if not region.endswith("-global")
    }
