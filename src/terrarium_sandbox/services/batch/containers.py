"""Containers of a job: the properties of the job definition with the overrides of the submission."""

from collections.abc import Mapping
from typing import Any

from terrarium_sandbox.services.batch.job import Container

__all__ = ["container_of", "nodes_of"]

_BY_NAME = {"environment": "name", "resourceRequirements": "type"}
_PLAIN = ("command", "instanceType", "memory", "vcpus")


def container_of(properties: Mapping[str, Any], overrides: Mapping[str, Any] | None) -> Container:
    """Return the container of these properties with these overrides."""
    overrides = overrides or {}
    merged = dict(properties)
    merged.update({name: overrides[name] for name in _PLAIN if name in overrides})
    for name, key in _BY_NAME.items():
        merged[name] = _merged(properties.get(name, []), overrides.get(name, []), key)
    if "vcpus" in overrides or "memory" in overrides:  # equivalent settings, which would take precedence
        kinds = {"vcpus": "VCPU", "memory": "MEMORY"}
        given = [
            {"type": kind, "value": str(overrides[name])} for name, kind in kinds.items() if name in overrides
        ]
        merged["resourceRequirements"] = _merged(merged["resourceRequirements"], given, "type")
    passed_on = {name: overrides[name] for name in ("command", "environment") if name in overrides}
    return Container(merged, overrides=passed_on)


def nodes_of(
    properties: Mapping[str, Any], overrides: Mapping[str, Any] | None
) -> tuple[list[Container], int]:
    """Return the containers of a multi-node job by index, and the index of the main one.

    Raises:
        ValueError: A node has no properties.
    """
    overrides = overrides or {}
    count = int(overrides.get("numNodes", properties["numNodes"]))
    containers: list[Container | None] = [None] * count
    for group in properties["nodeRangeProperties"]:
        for index in _range(group["targetNodes"], count):
            containers[index] = container_of(group["container"], None)
    for group in overrides.get("nodePropertyOverrides", []):
        for index in _range(group["targetNodes"], count):
            container = containers[index]
            if container is not None:
                containers[index] = container_of(container.properties, group.get("containerOverrides"))
    if not all(containers):
        raise ValueError("every node of a multi-node job needs properties")
    return [container for container in containers if container], int(properties["mainNode"])


def _merged(base: list[dict[str, str]], over: list[dict[str, str]], key: str) -> list[dict[str, str]]:
    return list({entry[key]: entry for entry in (*base, *over)}.values())


def _range(target: str, count: int) -> range:
    """Parse `0`, `0:3`, `1:` or `:3`, both ends included."""
    first, colon, last = target.partition(":")
    start = int(first or 0)
    if not colon:
        return range(start, start + 1)
    return range(start, min(int(last) + 1 if last else count, count))
