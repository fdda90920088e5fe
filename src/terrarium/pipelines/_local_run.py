"""Local run of a pipeline: step by step, in this process."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from terrarium.pipelines._untracked_run import UntrackedRun
from terrarium.pipelines.errors import StepFailedError
from terrarium.pipelines.step_context import StepContext
from terrarium.pipelines.step_outputs import FolderOutputStore
from terrarium.pipelines.step_runner import run_step

if TYPE_CHECKING:
    from terrarium.pipelines._pipeline_definition import PipelineDefinition
    from terrarium.pipelines.step import Step
    from terrarium.pipelines.step_lab import StepLab

__all__ = ["LocalRun", "run_local"]


class LocalRun(NamedTuple):
    """Result of a local run.

    Attributes:
        outputs: Outputs by step, of the steps that ran; a list for a step that runs over several values.
        skipped: Names of the steps whose conditions did not hold.
        run: Id of the pipeline's run; None without tracking.
    """

    outputs: Mapping[str, Any]
    skipped: tuple[str, ...]
    run: str | None


def run_local(pipeline: "PipelineDefinition", lab: "StepLab | None", given: Mapping[str, Any]) -> LocalRun:
    """Run all steps; see `Pipeline.run_local`."""
    parameters = pipeline.with_parameters(given)
    with (
        tempfile.TemporaryDirectory(prefix="terrarium-pipeline-") as folder,
        _tracked(pipeline, lab, parameters) as run,
    ):
        output_store = FolderOutputStore(Path(folder))
        outputs: dict[str, Any] = {}
        compared: dict[str, Any] = {}
        skipped = []
        for step in (step for stage in pipeline.stages for step in stage):
            if not all(condition.holds(parameters, compared) for condition in pipeline.conditions(step)):
                skipped.append(step.name)
                continue
            indices = range(len(step.over)) if step.over else (None,)
            taken = [_take(pipeline, step, index, parameters, lab, run, output_store) for index in indices]
            outputs[step.name] = taken if step.over else taken[0]
            if not step.over:  # conditions compare the outputs as an execution would store them
                compared[step.name] = output_store.outputs(step.name, None)
        return LocalRun(outputs, tuple(skipped), run and run.id)


def _take(
    pipeline: "PipelineDefinition",
    step: "Step",
    index: int | None,
    parameters: Mapping[str, Any],
    lab: "StepLab | None",
    run: Any,
    output_store: FolderOutputStore,
) -> Mapping[str, Any]:
    folder = output_store.folder(step.name, index)
    name = step.name if index is None else f"{step.name} {index}"
    with run.nested(name) if run else _untracked() as nested:
        context = StepContext(
            step,
            execution=run.id if run else "local",
            parameters=parameters,
            trigger={"kind": "local"},
            index=index,
            run=nested,
            lab=lab,
            folder=folder,
            output_store=output_store,
            preceding=pipeline.preceding_steps(step),
        )
        try:
            outputs = run_step(step, context)
        except StepFailedError:
            raise
        except Exception as error:
            raise StepFailedError(
                f"{name} of pipeline {pipeline.name} failed: {type(error).__name__}: {error}",
                remedy=f"correct {step.run}; the error above shows where it failed",
            ) from error
        output_store.save(step.name, index, outputs, folder)
    return outputs


@contextmanager
def _tracked(
    pipeline: "PipelineDefinition", lab: "StepLab | None", parameters: Mapping[str, Any]
) -> Iterator[Any]:
    if lab is None:
        yield None
        return
    with lab.experiment(pipeline.use_case).run(pipeline.name, params=parameters) as run:
        yield run


@contextmanager
def _untracked() -> Iterator[UntrackedRun]:
    yield UntrackedRun()
