"""What a pipeline's state machine is made of: its source, filled with what the environment has."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from environments.sections.pipelines import Pipeline
from terrarium.errors import InvalidRequestError
from terrarium.manifest import FOLDER_TAG, PIPELINE_TAG

if TYPE_CHECKING:
    # Late, for the time of synthesis: stacks without pipelines need no pipeline of the SDK, and definitions need no
    # bindings of the provider.
    from modules.compute.compute_pool import ComputePool
    from terrarium.pipelines.pipeline import Pipeline as SdkPipeline
    from terrarium.pipelines.trigger import DataArrival, Drift

__all__ = ["CHECKOUT", "PipelineDefinition", "PipelineDefinitionError", "pipeline_definitions", "queues"]

CHECKOUT = Path(__file__).parents[2]
_PLACEHOLDER = re.compile(r"\$\{([a-z][a-z0-9_]*)\}")
_TEMPLATE = re.compile(r"\$?[$%]\{[^}\"]*\}?")  # what Terraform would evaluate
_SPACE = re.compile(r'("(?:[^"\\]|\\.)*")|\s+')  # a text, or white space between texts


class PipelineDefinitionError(InvalidRequestError):
    """A pipeline of an environment's file cannot be deployed as it is defined."""


class PipelineDefinition:
    """A pipeline that an environment's file names: written in Python, or as a state machine.

    Args:
        config: The file's entry.
        checkout: Where it is.
    """

    def __init__(self, config: Pipeline, *, checkout: Path) -> None:
        self._config = config
        self._checkout = checkout

    @cached_property
    def in_python(self) -> "SdkPipeline | None":
        """The pipeline itself, where it is written in Python."""
        if self._config.pipeline is None:
            return None
        from terrarium.pipelines.pipeline_loader import load_pipeline

        found = load_pipeline(self._config.pipeline, folder=self._checkout / self._config.folder)
        if found.name != self._config.name:
            raise PipelineDefinitionError(
                f"the environment names a pipeline {self._config.name!r}, and {self._config.pipeline} is called "
                f"{found.name!r}: its code would be published under a name that is never started",
                remedy=f'write name = "{found.name}" in the environment\'s file, or rename the terrarium.Pipeline',
            )
        return found

    @property
    def name(self) -> str:
        """The pipeline's."""
        return self._config.name

    @property
    def enabled(self) -> bool:
        """Whether it starts by itself."""
        return self._config.enabled

    @property
    def schedule(self) -> str | None:
        """When it starts by itself: as the file says, else as the pipeline does."""
        if self._config.schedule is None and self.in_python is not None:
            return self.in_python.schedule
        return self._config.schedule

    @property
    def triggers(self) -> "Sequence[DataArrival | Drift]":
        """What else starts it."""
        return () if self.in_python is None else self.in_python.triggers

    @property
    def awaits_data(self) -> bool:
        """Whether objects that arrive start it."""
        return any(trigger.kind == "data-arrival" for trigger in self.triggers)

    @property
    def tags(self) -> dict[str, str] | None:
        """The tags of its state machine, by which the SDK finds where the pipeline is written in Python."""
        if self._config.pipeline is None:
            return None
        return {PIPELINE_TAG: self._config.pipeline, FOLDER_TAG: str(self._config.folder)}

    def filled(self, values: Mapping[str, str]) -> str:
        r"""Return the state machine with every `${name}` replaced, without white space between tokens.

        Text of JSON stays as it is written, so that `$\u007bHOME}` is the text `${HOME}` for Step Functions, and
        nothing to Terraform.

        Raises:
            PipelineDefinitionError: The environment has no such value, or the source is not JSON.
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
                f"the definition of pipeline {self._config.name} has {', '.join(unknown)}, which cannot be replaced",
                remedy=f"use {', '.join(f'${{{name}}}' for name in sorted(values))}; write literal text as "
                "$\\u007b...}",
            )
        compact = _SPACE.sub(lambda match: match[1] or "", source)
        return _PLACEHOLDER.sub(lambda match: values[match[1]], compact)

    @cached_property
    def _source(self) -> str:
        if self.in_python is not None:
            return self.in_python.compile()
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


def pipeline_definitions(pipelines: Sequence[Pipeline]) -> tuple[PipelineDefinition, ...]:
    """Return the definitions of the pipelines that an environment's file names."""
    return tuple(PipelineDefinition(pipeline, checkout=CHECKOUT) for pipeline in pipelines)


def queues(pools: "Sequence[ComputePool]") -> dict[str, str]:
    """What a definition may call the queues: by pool, and the first one of each kind."""
    named = {f"{pool.pool.name.replace('-', '_')}_queue_arn": pool.queue_arn for pool in pools}
    for name, accelerator in (("default_queue_arn", "none"), ("default_gpu_queue_arn", "gpu")):
        first = next((pool for pool in pools if pool.pool.accelerator == accelerator), None)
        if first is not None:
            named[name] = first.queue_arn
    return named
