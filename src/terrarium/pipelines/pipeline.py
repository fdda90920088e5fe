"""`Pipeline`: its steps, parameters, schedule and triggers."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from terrarium.arguments import checked, checked_methods
from terrarium.pipelines._parameters import json_parameters, problems_of_parameters
from terrarium.pipelines.artifact_keys import LONGEST_NAME, NAME, compared_key
from terrarium.pipelines.errors import PipelineInvalidError
from terrarium.pipelines.step import DRIFT_CHECK, Step
from terrarium.pipelines.step_condition import StepCondition
from terrarium.pipelines.trigger import DataArrival, Drift, ScheduleExpression
from terrarium.record import UseCase

if TYPE_CHECKING:
    from terrarium.pipelines._local_run import LocalRun
    from terrarium.pipelines.step_lab import StepLab

__all__ = ["Pipeline"]


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=NAME, max_length=LONGEST_NAME)]
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    use_case: Annotated[str | UseCase, Field(union_mode="left_to_right")]
    parameters: dict[str, Any]
    schedule: ScheduleExpression | None
    triggers: tuple[Annotated[DataArrival | Drift, Field(discriminator="kind")], ...]
    deadline_hours: Annotated[int, Field(ge=1, le=24 * 30)]


@checked_methods
class Pipeline:
    """Steps in an order, with parameters, a schedule and triggers.

    Args:
        name: Name of the pipeline in the environment.
        steps: The steps, in any order.
        use_case: The use case whose model it trains. Runs are recorded under its experiment.
        parameters: Default parameters of all steps: name -> value.
        schedule: A schedule expression of EventBridge Scheduler, in UTC. Default: none.
        triggers: Other events that start the pipeline.
        deadline_hours: Hours after which an execution times out.

    Raises:
        PipelineInvalidError: The pipeline can never run; the error lists all problems.

    Example:
        >>> terrarium.Pipeline(
        ...     "churn", use_case="churn", steps=[terrarium.Step(name="train", run="churn.steps:train")]
        ... )
    """

    @checked
    def __init__(
        self,
        name: str,
        *,
        steps: Sequence[Step],
        use_case: UseCase | str,
        parameters: Mapping[str, Any] | None = None,
        schedule: str | None = None,
        triggers: Sequence[DataArrival | Drift] = (),
        deadline_hours: int = 24,
    ) -> None:
        try:
            self._content = _Content(
                name=name,
                steps=tuple(steps),
                use_case=use_case,
                parameters=dict(parameters or {}),
                schedule=schedule,
                triggers=tuple(triggers),
                deadline_hours=deadline_hours,
            )
        except ValidationError as error:
            raise _invalid(
                name,
                [
                    f"{'.'.join(map(str, one['loc']))}: {one['msg']}"
                    for one in error.errors(include_url=False)
                ],
            ) from error
        problems = list(self._problems())
        if problems:
            raise _invalid(name, problems)

    @property
    def name(self) -> str:
        """Name of the pipeline in the environment."""
        return self._content.name

    @property
    def use_case(self) -> UseCase | str:
        """The use case whose model the pipeline trains."""
        return self._content.use_case

    @property
    def experiment(self) -> str:
        """Name of the experiment that holds the pipeline's runs."""
        return self.use_case if isinstance(self.use_case, str) else self.use_case.name

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Default parameters of all steps."""
        return json_parameters(self.name, self._content.parameters)

    @property
    def schedule(self) -> str | None:
        """Schedule expression; None without a schedule."""
        return self._content.schedule

    @property
    def triggers(self) -> Sequence[DataArrival | Drift]:
        """Other events that start the pipeline."""
        return self._content.triggers

    @property
    def drift(self) -> Drift | None:
        """The drift trigger; None without one."""
        return next((trigger for trigger in self.triggers if isinstance(trigger, Drift)), None)

    @property
    def deadline_hours(self) -> int:
        """Hours after which an execution times out."""
        return self._content.deadline_hours

    @cached_property
    def steps(self) -> Mapping[str, Step]:
        """All steps by name, the drift check included."""
        steps = {step.name: step for step in self._content.steps}
        return (
            steps
            if self.drift is None
            else {**steps, DRIFT_CHECK: Step(name=DRIFT_CHECK, run=self.drift.check)}
        )

    @cached_property
    def stages(self) -> Sequence[Sequence[Step]]:
        """Stages in order: lists of steps that can run at the same time, without the drift check."""
        sorter = TopologicalSorter({step.name: step.after for step in self._content.steps})
        sorter.prepare()
        stages = []
        while sorter.is_active():
            ready = sorted(sorter.get_ready())
            stages.append([self.steps[name] for name in ready])
            sorter.done(*ready)
        return stages

    def conditions(self, step: Step) -> Sequence[StepCondition]:
        """Return the conditions of a step: its own, and those of all steps that it comes after."""
        found = [condition for name in step.after for condition in self.conditions(self.steps[name])]
        return list(dict.fromkeys([*found, *step.when]))

    def preceding_steps(self, step: Step) -> Mapping[str, Step]:
        """Return all steps that a step comes after, directly or not, by name."""
        found = {name: self.steps[name] for name in step.after}
        for earlier in list(found.values()):
            found |= self.preceding_steps(earlier)
        return found

    def compared_outputs(self, step: str) -> frozenset[str]:
        """Return the outputs of a step that conditions compare; the state machine reads only these."""
        names = {
            condition.name
            for other in self._content.steps
            for condition in other.when
            if condition.step == step
        }
        return frozenset(names | {"drifted"} if step == DRIFT_CHECK else names)

    def compile(self) -> str:
        """Return the state machine in Amazon States Language: JSON, the same text for the same pipeline.

        Values of the environment are placeholders: `${...}`.

        Example:
            >>> PIPELINE.compile()
        """
        from terrarium.pipelines.compilation import compile_pipeline

        return compile_pipeline(self)

    def run_local(self, lab: "StepLab | None" = None, /, **parameters: Any) -> "LocalRun":
        """Run every step in this process, one after the other.

        Args:
            lab: The environment to record runs in. Positional, because `lab` may be the name of a parameter. Default:
                none; `context.run` keeps logged values in memory.
            **parameters: Parameters that replace the defaults.

        Raises:
            StepFailedError: A step failed; the error names the step and the reason.
            PipelineInvalidError: The pipeline has no such parameter.

        Example:
            >>> PIPELINE.run_local(rows="rows.csv").outputs["evaluate"]
        """
        from terrarium.pipelines._local_run import run_local

        return run_local(self, lab, parameters)

    def with_parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return all parameters of an execution with the given ones in place of the defaults.

        Raises:
            PipelineInvalidError: The pipeline has no such parameter, or JSON cannot represent its value.
        """
        unknown = sorted(given.keys() - self.parameters.keys())
        if unknown:
            raise PipelineInvalidError(
                f"pipeline {self.name} has no parameter {', '.join(unknown)}",
                remedy=f"its parameters: {', '.join(sorted(self.parameters)) or 'none'}",
            )
        return json_parameters(self.name, {**self.parameters, **given})

    def __repr__(self) -> str:
        return f"<Pipeline {self.name}: {', '.join(step.name for stage in self.stages for step in stage)}>"

    def _problems(self) -> list[str]:
        names = [step.name for step in self._content.steps]
        problems = problems_of_parameters(self._content.parameters)
        problems += [
            f"two steps have the name {name}" for name in sorted({n for n in names if names.count(n) > 1})
        ]
        if DRIFT_CHECK in names:
            problems.append(f"no step may have the name {DRIFT_CHECK}: the check of a drift trigger has it")
        if sum(isinstance(trigger, Drift) for trigger in self.triggers) > 1:
            problems.append("a pipeline may have at most one drift trigger")
        problems += [
            f"step {step.name} comes after {name}, which does not exist"
            for step in self._content.steps
            for name in step.after
            if name not in names
        ]
        if problems:
            return problems
        try:
            TopologicalSorter({step.name: step.after for step in self._content.steps}).prepare()
        except CycleError as error:
            return [f"steps come after each other: {' after '.join(error.args[1])}"]
        return [problem for step in self._content.steps for problem in self._problems_of_conditions(step)]

    def _problems_of_conditions(self, step: Step) -> list[str]:
        problems = []
        preceding = self.preceding_steps(step)
        for condition in step.when:
            if condition.step is None and condition.name not in self.parameters:
                problems.append(f"step {step.name} compares parameter {condition.name}, which does not exist")
            elif condition.step is None and compared_key(condition.name) != condition.name:
                problems.append(
                    f"step {step.name} compares parameter {condition.name!r}, whose name must have letters, digits, "
                    "_ and - only, and begin with a letter or _"
                )
            elif condition.step is not None and condition.step not in preceding:
                problems.append(
                    f"step {step.name} compares an output of {condition.step}, which it does not come after"
                )
            elif condition.step is not None and self.steps[condition.step].over:
                problems.append(
                    f"step {step.name} compares an output of {condition.step}, which has one output per value"
                )
        return problems


def _invalid(name: str, problems: Sequence[str]) -> PipelineInvalidError:
    listed = "\n".join(f"  {problem}" for problem in problems)
    return PipelineInvalidError(f"pipeline {name} can never run:\n{listed}", remedy="correct its definition")
