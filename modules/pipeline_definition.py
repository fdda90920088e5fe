"""What a pipeline's state machine is made of: its source, filled with what the environment has."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from environments import Environment
from environments.sections.pipelines import Pipeline
from modules.compute_pool import ComputePool
from terrarium.manifest import FOLDER_TAG, PIPELINE_TAG

if TYPE_CHECKING:  # the stacks without pipelines shall not load what they are made of
    import terrarium

__all__ = ["CHECKOUT", "PipelineDefinition", "pipeline_definitions", "queues"]

CHECKOUT = Path(__file__).parent.parent
_PLACEHOLDER = re.compile(r"\$\{([a-z][a-z0-9_]*)\}")


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
    def in_python(self) -> "terrarium.Pipeline | None":
        """The pipeline itself, where it is written in Python."""
        if self._config.pipeline is None:
            return None
        from terrarium.pipelines.loading import load_pipeline

        return load_pipeline(self._config.pipeline, folder=self._checkout / self._config.folder)

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
    def triggers(self) -> "Sequence[terrarium.DataArrival | terrarium.Drift]":
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
        """The state machine, with every `${name}` replaced.

        Raises:
            ValueError: The environment has no such thing.
        """
        unknown = sorted({name for name in _PLACEHOLDER.findall(self._source) if name not in values})
        if unknown:
            raise ValueError(
                f"pipeline {self._config.name} asks for {', '.join(unknown)}; there is {', '.join(sorted(values))}"
            )
        return json.dumps(json.loads(_PLACEHOLDER.sub(lambda match: values[match[1]], self._source)))

    @cached_property
    def _source(self) -> str:
        if self.in_python is not None:
            return self.in_python.compile()
        assert self._config.definition is not None  # noqa: S101 - for the type checker: it is the one or the other
        return (self._checkout / self._config.definition).read_text(encoding="utf-8")


def pipeline_definitions(config: Environment) -> tuple[PipelineDefinition, ...]:
    """Those that an environment's file names."""
    return tuple(PipelineDefinition(pipeline, checkout=CHECKOUT) for pipeline in config.pipelines)


def queues(pools: Sequence[ComputePool]) -> dict[str, str]:
    """What a definition may call the queues: by pool, and the first one of each kind."""
    named = {f"{pool.pool.name.replace('-', '_')}_queue_arn": pool.queue_arn for pool in pools}
    for name, accelerator in (("default_queue_arn", "none"), ("default_gpu_queue_arn", "gpu")):
        first = next((pool for pool in pools if pool.pool.accelerator == accelerator), None)
        if first is not None:
            named[name] = first.queue_arn
    return named
