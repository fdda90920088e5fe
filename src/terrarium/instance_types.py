"""Resources of EC2's instance types, from the table beside this module.

The table was taken from `aws ec2 describe-instance-types` of us-east-1 as moto 5.2.5 holds it (2026); asking AWS each
time would take longer than submitting a job. A type that is not in it is believed to offer whatever is asked.
"""

import csv
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

__all__ = ["InstanceType", "instance_types"]

_TABLE = Path(__file__).with_name("instance_types.csv")
# The operating system and the container agent take theirs before a job does.
# Source: AWS Batch User Guide, "Compute resource memory management".
_LEFT_FOR_JOBS = 0.96


class InstanceType(NamedTuple):
    """An instance type, with the resources that a job can use."""

    name: str
    vcpus: int
    memory: int
    gpus: int


def instance_types(names: Iterable[str]) -> list[InstanceType]:
    """Return the known types of names of types and families, small ones first."""
    found = {kind for name in names for kind in _table().get(name, ())}
    return sorted(found, key=lambda kind: (kind.vcpus, kind.memory, kind.gpus))


@cache
def _table() -> dict[str, list[InstanceType]]:
    """Return the types by name, and by family."""
    table: dict[str, list[InstanceType]] = {}
    with _TABLE.open(newline="") as file:
        for row in csv.DictReader(file):
            kind = InstanceType(
                row["type"],
                int(row["vcpus"]),
                int(int(row["memory_mib"]) * _LEFT_FOR_JOBS),
                int(row["gpus"]),
            )
            for name in (kind.name, kind.name.partition(".")[0]):
                table.setdefault(name, []).append(kind)
    return table
