"""Rules of ECS."""

import json
from collections.abc import Mapping

from moto.ecs.models import ecs_backends

from terrarium_sandbox.rules.rule import Request, Rule, rule
from terrarium_sandbox.rules.same_network import foreign_security_group, vpcs_of_subnets

__all__ = ["RULES"]

_LONGEST_OVERRIDES = 8192  # characters, JSON's own included
_MODEL = "ECS API model (botocore)"
_GIB = 1024  # MiB
# Memory (MiB) that Fargate offers for each CPU size (in 1,024ths of a vCPU).
_FARGATE: Mapping[int, frozenset[int]] = {
    256: frozenset({512, _GIB, 2 * _GIB}),
    512: frozenset(range(_GIB, 4 * _GIB + 1, _GIB)),
    1024: frozenset(range(2 * _GIB, 8 * _GIB + 1, _GIB)),
    2048: frozenset(range(4 * _GIB, 16 * _GIB + 1, _GIB)),
    4096: frozenset(range(8 * _GIB, 30 * _GIB + 1, _GIB)),
    8192: frozenset(range(16 * _GIB, 60 * _GIB + 1, 4 * _GIB)),
    16384: frozenset(range(32 * _GIB, 120 * _GIB + 1, 8 * _GIB)),
}


@rule(
    "fargate-network-mode",
    on=("ecs:RegisterTaskDefinition",),
    code="ClientException",
    source=f"aws/amazon-ecs-cli issue 1145; {_MODEL}, RegisterTaskDefinitionRequest.networkMode",
)
def fargate_network_mode(request: Request) -> str | None:
    """A task definition for Fargate must have the network mode awsvpc."""
    on_fargate = "FARGATE" in (request.get("requiresCompatibilities") or ())
    if not on_fargate or request.get("networkMode") == "awsvpc":
        return None
    return "Fargate only supports network mode ‘awsvpc’."  # noqa: RUF001 - AWS' own quotation marks


@rule(
    "fargate-size",
    on=("ecs:RegisterTaskDefinition",),
    code="ClientException",
    source=f"{_MODEL}, RegisterTaskDefinitionRequest.memory and cpu",
)
def fargate_size(request: Request) -> str | None:
    """A task definition for Fargate must have CPU and memory in a combination that Fargate offers."""
    if "FARGATE" not in (request.get("requiresCompatibilities") or ()):
        return None
    cpu, memory = _number(request.get("cpu")), _number(request.get("memory"))
    if cpu is None or memory is None:  # written as `1 vCPU` or `2 GB`
        return None if request.get("cpu") and request.get("memory") else _no_such_size()
    return None if memory in _FARGATE.get(cpu, ()) else _no_such_size()


@rule(
    "task-network-configuration",
    on=("ecs:RunTask",),
    code="InvalidParameterException",
    source=f"fabfuel/ecs-deploy issues 61 and 133; {_MODEL}, RunTaskRequest.networkConfiguration",
)
def task_network_configuration(request: Request) -> str | None:
    """A task of network mode awsvpc must be started with a network configuration."""
    family, _, revision = (request.get("taskDefinition") or "").rpartition("/")[2].partition(":")
    revisions = request.backend(ecs_backends).task_definitions.get(family, {})
    definition = revisions.get(int(revision) if revision.isdigit() else max(revisions, default=0))
    if getattr(definition, "network_mode", None) != "awsvpc" or request.get("networkConfiguration"):
        return None
    return "Network Configuration must be provided when networkMode 'awsvpc' is specified."


@rule(
    "task-network-one-vpc",
    on=("ecs:RunTask",),
    code="InvalidParameterException",
    source=f"{_MODEL}, AwsVpcConfiguration.subnets and securityGroups: all must be from the same VPC",
)
def task_network_one_vpc(request: Request) -> str | None:
    """The subnets and the security groups of a task must be from one VPC."""
    network = (request.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
    subnets = network.get("subnets", ())
    if len(vpcs_of_subnets(request, subnets)) > 1:
        return "All specified subnets must be from the same VPC."
    foreign = foreign_security_group(request, subnets=subnets, groups=network.get("securityGroups", ()))
    if foreign is None:
        return None
    return f"The security group {foreign[0]} and the subnets must be from the same VPC."


@rule(
    "task-overrides-length",
    on=("ecs:RunTask",),
    code="InvalidParameterException",
    source=f"convox/rack issue 1906; {_MODEL}, RunTaskRequest.overrides",
)
def task_overrides_length(request: Request) -> str | None:
    """The overrides of a task must have at most 8,192 characters."""
    length = len(json.dumps(request.get("overrides") or {}, separators=(",", ":")))
    if length <= _LONGEST_OVERRIDES:
        return None
    return f"Container Overrides length must be at most {_LONGEST_OVERRIDES}"


def _number(value: object) -> int | None:
    text = str(value or "")
    return int(text) if text.isdigit() else None


def _no_such_size() -> str:
    return "No Fargate configuration exists for given values."


RULES: tuple[Rule, ...] = (
    fargate_network_mode,
    fargate_size,
    task_network_configuration,
    task_network_one_vpc,
    task_overrides_length,
)
