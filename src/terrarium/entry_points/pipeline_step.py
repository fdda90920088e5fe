"""Entry point of a step's job, with the pipeline's code: `python -m terrarium.entry_points.pipeline_step`."""

import json
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from terrarium.env_vars import INDEX, JOB
from terrarium.errors import Error
from terrarium.lab import connect
from terrarium.pipelines import env_vars as variables
from terrarium.pipelines.compilation import REFUSED
from terrarium.pipelines.failure_reason import store_failure_reason
from terrarium.pipelines.pipeline_loader import load_pipeline
from terrarium.pipelines.pipeline_run import PipelineRun
from terrarium.pipelines.step_context import StepContext
from terrarium.pipelines.step_outputs import BucketOutputStore
from terrarium.pipelines.step_runner import run_step

if TYPE_CHECKING:
    from terrarium.pipelines.pipeline import Pipeline
    from terrarium.pipelines.step import Step
    from terrarium.pipelines.step_lab import StepLab

__all__ = ["main"]


def main() -> None:
    """Run the step that the environment variables name. If it fails, store the reason for `lab.pipelines`."""
    lab = connect()
    pipeline = load_pipeline(os.environ[variables.DEFINED], folder=Path.cwd())
    step = pipeline.steps[os.environ[variables.STEP]]
    execution = os.environ[variables.EXECUTION]
    index = int(os.environ[INDEX]) if step.over else None
    try:
        _take(lab, pipeline, step, execution, index)
    except Exception as error:  # noqa: BLE001 - whatever fails, the reason is stored and the job fails
        traceback.print_exc()
        store_failure_reason(
            lab.artifacts, error, pipeline=pipeline.name, execution=execution, job=os.environ[JOB]
        )
        # An error of Terrarium concerns the input: a retry would fail as well.
        sys.exit(REFUSED if isinstance(error, Error) else 1)


def _take(lab: "StepLab", pipeline: "Pipeline", step: "Step", execution: str, index: int | None) -> None:
    parameters: dict[str, Any] = json.loads(os.environ[variables.PARAMETERS])
    trigger: dict[str, Any] = json.loads(os.environ[variables.TRIGGER])
    output_store = BucketOutputStore(lab.artifacts, pipeline=pipeline.name, execution=execution)
    whole = PipelineRun(lab.connection, lab.experiment(pipeline.use_case), pipeline, execution)
    parent = whole.begin(pipeline.with_parameters(parameters), trigger=trigger)
    name = step.name if index is None else f"{step.name} {index}"
    tags = {**whole.step_tags(parent, step.name, index), "terrarium.job": os.environ.get(JOB, "")}
    try:
        with (
            tempfile.TemporaryDirectory(prefix="terrarium-step-") as folder,
            lab.experiment(pipeline.use_case).run(name, params=step.parameters, tags=tags) as run,
        ):
            context = StepContext(
                step,
                execution=execution,
                parameters=parameters,
                trigger=trigger,
                index=index,
                run=run,
                lab=lab,
                folder=Path(folder),
                output_store=output_store,
                preceding=pipeline.preceding_steps(step),
            )
            outputs = run_step(step, context)
            output_store.save(
                step.name, index, outputs, Path(folder), compared=pipeline.compared_outputs(step.name)
            )
    except BaseException:
        whole.end("FAILED")
        raise
    if _is_last(whole, pipeline):
        whole.end("FINISHED")


def _is_last(whole: PipelineRun, pipeline: "Pipeline") -> bool:
    """Return whether every step of the last stage has finished."""
    from terrarium.pipelines.pipeline_run import STEP_TAG

    taken = {run.data.tags[STEP_TAG] for run in whole.steps() if run.info.status == "FINISHED"}
    last = pipeline.stages[-1]
    wanted = {
        f"{step.name}/{index}" if step.over else step.name
        for step in last
        for index in (range(len(step.over)) if step.over else (0,))
    }
    return wanted <= taken


if __name__ == "__main__":
    main()
