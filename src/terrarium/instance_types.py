"""Resources of EC2's instance types, from the table beside this module.

`make instance-types` writes the table; asking AWS each time would take longer than submitting a job. Which types a
region offers is not in it: AWS refuses, or does not start, what a region does not have.
"""

import csv
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

__all__ = ["BUNDLES", "InstanceType", "architectures_of", "instance_types", "nearest_names", "unknown_names"]

BUNDLES: Final = {
    "optimal": ("m6i", "c6i", "r6i", "c7i"),
    "default_x86_64": ("m6i", "c6i", "r6i", "c7i"),
    "default_arm64": ("m6g", "c6g", "r6g", "c7g"),
}
"""Families that Batch chooses from for a name that is neither a type nor a family. Source: AWS Batch API Reference,
ComputeResource, instanceTypes."""

_TABLE = Path(__file__).with_name("instance_types.csv")
# The operating system and the container agent take theirs before a job does.
# Source: AWS Batch User Guide, "Compute resource memory management".
_LEFT_FOR_JOBS = 0.96
_NEAREST = 5


class InstanceType(NamedTuple):
    """An instance type, with the resources that a job can use."""

    name: str
    vcpus: int
    memory: int
    gpus: int
    neuron_devices: int
    efa_interfaces: int
    network_cards: int


class _Table(NamedTuple):
    architectures: dict[str, str]
    """By type."""
    resources: dict[str, list[InstanceType]]
    """By type and by family, of the types whose resources are known."""
    types: dict[str, list[str]]
    """The types of each family."""


def instance_types(names: Iterable[str]) -> list[InstanceType]:
    """Return the types of names of types, families and bundles whose resources are known, small ones first."""
    found = {kind for name in _unbundled(names) for kind in _table().resources.get(name, ())}
    return sorted(found, key=lambda kind: (kind.vcpus, kind.memory, kind.gpus))


def architectures_of(name: str) -> frozenset[str]:
    """Return the processor architectures (`x86_64`, `arm64`) of a type, a family or a bundle."""
    table = _table()
    types = [each for one in _unbundled([name]) for each in table.types.get(one, [one])]
    return frozenset(table.architectures[each] for each in types if each in table.architectures)


def unknown_names(names: Iterable[str]) -> list[str]:
    """Return the names that are neither types, families nor bundles of EC2."""
    table = _table()
    known = {*table.architectures, *table.types, *BUNDLES}
    return [name for name in names if name not in known]


def nearest_names(name: str) -> Sequence[str]:
    """Return names of types and families that are written almost like `name`, nearest first."""
    table = _table()
    family, dot, _ = name.partition(".")
    if dot and family in table.types:
        return get_close_matches(name, table.types[family], _NEAREST, cutoff=0)
    known = [*table.architectures] if dot else [*table.types]
    return get_close_matches(name, known, _NEAREST)


def _unbundled(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        yield from BUNDLES.get(name, (name,))


@cache
def _table() -> _Table:
    table = _Table({}, {}, {})
    with _TABLE.open(newline="") as file:
        for row in csv.DictReader(file):
            name, family = row["type"], row["type"].partition(".")[0]
            table.architectures[name] = row["architecture"]
            table.types.setdefault(family, []).append(name)
            if not row["vcpus"]:
                continue
            kind = InstanceType(
                name,
                int(row["vcpus"]),
                int(int(row["memory_mib"]) * _LEFT_FOR_JOBS),
                int(row["gpus"]),
                int(row["neuron_devices"]),
                int(row["efa_interfaces"]),
                int(row["network_cards"]),
            )
            for key in (name, family):
                table.resources.setdefault(key, []).append(kind)
    return table
