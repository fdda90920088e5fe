"""Definitions of state machines, with placeholders that are filled with values of the environment."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from environments.sections.pipelines import Pipeline
from terrarium.errors import InvalidRequestError
from terrarium.fargate_sizes import smallest_size
from terrarium.manifest import BASE_IMAGE, FOLDER_TAG, PIPELINE_TAG, operations_pool

if TYPE_CHECKING:
    # Late, for the time of synthesis: stacks without pipelines need no pipeline of the SDK, and definitions need no
    # bindings of the provider.
    from modules.compute.compute_pool import ComputePool
    from terrarium.pipelines.pipeline import Pipeline as SdkPipeline
    from terrarium.pipelines.trigger import DataArrival, Drift

__all__ = [
    "CHECKOUT",
    "PipelineDefinition",
    "PipelineDefinitionError",
    "check_fargate_sizes",
    "pipeline_definitions",
    "pool_placeholders",
]

CHECKOUT = Path(__file__).parents[2]
_PLACEHOLDER = re.compile(r"\$\{([a-z][a-z0-9_]*)\}")
_TEMPLATE = re.compile(r"\$?[$%]\{[^}\"]*\}?")  # templates that Terraform would evaluate
# Within a string, quotes are escaped. Compact JSON has no white space here.
_TAGS = re.compile(r'"Tags":\{(\})?')
_INTEGRATION = '"arn:aws:states:::'
_SPACE = re.compile(r'("(?:[^"\\]|\\.)*")|\s+')  # a string, or white space between strings


class PipelineDefinitionError(InvalidRequestError):
    """The definition of a pipeline in an environment's file is invalid."""


class PipelineDefinition:
    """A pipeline in an environment's file: a `terrarium.Pipeline`, or a state machine in JSON.

    Args:
        config: The entry of the file.
        checkout: The checkout that contains the pipeline.
    """

    def __init__(self, config: Pipeline, *, checkout: Path) -> None:
        self._config = config
        self._checkout = checkout

    @cached_property
    def sdk_pipeline(self) -> "SdkPipeline | None":
        """The `terrarium.Pipeline`, if the file names one."""
        if self._config.pipeline is None:
            return None
        from terrarium.pipelines.pipeline_loader import load_pipeline

        found = load_pipeline(self._config.pipeline, folder=self._checkout / self._config.folder)
        if found.name != self._config.name:
            raise PipelineDefinitionError(
                f"the environment's file names a pipeline {self._config.name!r}, but {self._config.pipeline} has the "
                f"name {found.name!r}: its code would be published for a pipeline that is not deployed",
                remedy=f'write name = "{found.name}" in the environment\'s file, or rename the terrarium.Pipeline',
            )
        return found

    @property
    def name(self) -> str:
        """The name of the pipeline."""
        return self._config.name

    @property
    def enabled(self) -> bool:
        """True if its schedule and its triggers start it."""
        return self._config.enabled

    @property
    def schedule(self) -> str | None:
        """The schedule: that of the file, else that of the pipeline."""
        if self._config.schedule is None and self.sdk_pipeline is not None:
            return self.sdk_pipeline.schedule
        return self._config.schedule

    @property
    def triggers(self) -> "Sequence[DataArrival | Drift]":
        """The triggers that start it besides the schedule."""
        return () if self.sdk_pipeline is None else self.sdk_pipeline.triggers

    @property
    def awaits_data(self) -> bool:
        """True if new objects start it."""
        return any(trigger.kind == "data-arrival" for trigger in self.triggers)

    @property
    def tags(self) -> dict[str, str] | None:
        """The tags of its state machine, by which the SDK finds the `terrarium.Pipeline`."""
        if self._config.pipeline is None:
            return None
        return {PIPELINE_TAG: self._config.pipeline, FOLDER_TAG: str(self._config.folder)}

    def fill(
        self,
        values: Mapping[str, str],
        *,
        tags: Mapping[str, str] = MappingProxyType({}),
        partition: str = "aws",
    ) -> str:
        r"""Return the state machine with every `${name}` replaced, without white space between tokens.

        Steps with an object `Tags`, as Batch's SubmitJob has it, get `tags` in addition: no others reach a job.
        The ARNs of integrations (`arn:aws:states:::…`) get the partition of the environment.

        Escapes of JSON stay as they are, so that `$\u007bHOME}` is the text `${HOME}` for Step Functions, and Terraform
        does not evaluate it.

        Raises:
            PipelineDefinitionError: A placeholder has no value, or the source is not JSON.
        """
        source = self._source
        try:
            json.loads(source)
        except ValueError as error:
            raise PipelineDefinitionError(
                f"the definition of pipeline {self._config.name} is not JSON: {error}",
                remedy=f"correct {self._config.definition}",
            ) from error
        unknown = sorted(
            {name for name in _TEMPLATE.findall(source) if name[2:-1] not in values or name[0] == "%"}
        )
        if unknown:
            raise PipelineDefinitionError(
                f"the definition of pipeline {self._config.name} has unknown placeholders: {', '.join(unknown)}",
                remedy=f"use {', '.join(f'${{{name}}}' for name in sorted(values))}; write literal text as "
                "$\\u007b...}",
            )
        compact = _SPACE.sub(lambda match: match[1] or "", source)
        filled = _PLACEHOLDER.sub(lambda match: values[match[1]], compact)
        if tags:
            added = json.dumps(dict(tags), separators=(",", ":"))[1:-1]
            filled = _TAGS.sub(lambda match: f'"Tags":{{{added}{match[1] or ","}', filled)
        return filled.replace(_INTEGRATION, f'"arn:{partition}:states:::')

    @property
    def source(self) -> str:
        """The state machine with placeholders."""
        return self._source

    @cached_property
    def _source(self) -> str:
        if self.sdk_pipeline is not None:
            return self.sdk_pipeline.compile()
        assert self._config.definition is not None  # noqa: S101 - for the type checker: it is the one or the other
        file = self._checkout / self._config.definition
        try:
            return file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise PipelineDefinitionError(
                f"the definition of pipeline {self._config.name} cannot be read: {error}",
                remedy=f"write {file}: terrarium pipelines compile package.module:PIPELINE --output "
                f"{self._config.definition}",
            ) from error


def check_fargate_sizes(pipeline: PipelineDefinition, pools: "Sequence[ComputePool]") -> None:
    """Refuse a pipeline whose jobs on Fargate do not have one of its sizes: Batch refuses them when they start.

    Raises:
        PipelineDefinitionError: A job does not; the error names the next size.
    """
    on_fargate = {
        f"${{{prefix}_queue_arn}}"
        for prefix, pool in _named_pools(pools).items()
        if pool.pool.launch_type == "fargate"
    }
    if not on_fargate:
        return
    for job in _jobs(json.loads(pipeline.source)):
        given = job.get("ContainerOverrides", {}).get("ResourceRequirements", ())
        required = {one["Type"]: one["Value"] for one in given if str(one.get("Value")).isdigit()}
        if job["JobQueue"] not in on_fargate or not required:
            continue
        vcpus, memory = int(required.get("VCPU", 1)), int(required.get("MEMORY", 2048))
        size = smallest_size(vcpus, memory)
        if size is not None and size == (vcpus, memory):
            continue
        next_size = f"the next is {size.vcpus} vCPUs, {size.memory} MiB" if size else "it has no larger one"
        raise PipelineDefinitionError(
            f"pipeline {pipeline.name} has a job on Fargate with {vcpus} vCPUs and {memory} MiB, which is not one of "
            "its sizes",
            remedy=f"give the step resources of one of Fargate's sizes ({next_size}), or another pool",
        )


def _jobs(document: Any) -> Iterator[dict[str, Any]]:
    """Yield the parameters of all jobs in a state machine."""
    if isinstance(document, dict):
        if isinstance(document.get("JobQueue"), str):
            yield document
        for value in document.values():
            yield from _jobs(value)
    elif isinstance(document, list):
        for value in document:
            yield from _jobs(value)


def pipeline_definitions(pipelines: Sequence[Pipeline]) -> tuple[PipelineDefinition, ...]:
    """Return the definitions of the pipelines that an environment's file names."""
    return tuple(PipelineDefinition(pipeline, checkout=CHECKOUT) for pipeline in pipelines)


def pool_placeholders(pools: "Sequence[ComputePool]", *, job_definition_arn: str) -> dict[str, str]:
    """Return the placeholders of queues and job definitions, and their ARNs: of each pool, and of the default pools.

    Args:
        pools: The pools of the environment.
        job_definition_arn: The job definition of pools that have no own.
    """
    found = {}
    for prefix, pool in _named_pools(pools).items():
        own = pool.job_definitions.get(BASE_IMAGE)
        found[f"{prefix}_queue_arn"] = pool.queue_arn
        found[f"{prefix}_job_definition_arn"] = own.single_node.arn if own else job_definition_arn
    return found


def _named_pools(pools: "Sequence[ComputePool]") -> dict[str, "ComputePool"]:
    """Return the pools by the beginning of their placeholders."""
    named = {pool.pool.name.replace("-", "_"): pool for pool in pools}
    by_name = {pool.pool.name: pool for pool in pools}
    without_accelerators = [pool.pool for pool in pools if pool.pool.accelerator == "none"]
    if without_accelerators:
        named["default"] = by_name[operations_pool(without_accelerators).name]
    with_gpus = next((pool for pool in pools if pool.pool.accelerator == "gpu"), None)
    if with_gpus is not None:
        named["default_gpu"] = with_gpus
    return named
