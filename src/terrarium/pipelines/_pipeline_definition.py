"""`PipelineDefinition`: the part of a pipeline from which it is compiled and run."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from terrarium.pipelines.step import Step
from terrarium.pipelines.step_condition import StepCondition
from terrarium.pipelines.trigger import Drift
from terrarium.record import UseCase

__all__ = ["PipelineDefinition"]


class PipelineDefinition(Protocol):
    """The part of a `Pipeline` from which it is compiled and run."""

    @property
    def name(self) -> str:
        """Name of the pipeline."""
        ...

    @property
    def use_case(self) -> UseCase | str:
        """The use case whose model it trains."""
        ...

    @property
    def experiment(self) -> str:
        """Name of the experiment that its runs belong to."""
        ...

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Default parameters of an execution."""
        ...

    @property
    def drift(self) -> Drift | None:
        """The trigger that checks for drift."""
        ...

    @property
    def deadline_hours(self) -> int:
        """Hours after which an execution is ended."""
        ...

    @property
    def steps(self) -> Mapping[str, Step]:
        """The steps by name, the drift check included."""
        ...

    @property
    def stages(self) -> Sequence[Sequence[Step]]:
        """Stages of steps that run at the same time, in order, without the drift check."""
        ...

    def conditions(self, step: Step) -> Sequence[StepCondition]:
        """Return the conditions of a step and of all steps before it."""
        ...

    def preceding_steps(self, step: Step) -> Mapping[str, Step]:
        """Return all steps that a step comes after, directly or not, by name."""
        ...

    def compared_outputs(self, step: str) -> frozenset[str]:
        """Return the outputs of a step that conditions compare."""
        ...

    def with_parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the parameters of an execution that overrides some."""
        ...
