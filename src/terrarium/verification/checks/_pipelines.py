"""Pipelines: the environment's verification pipeline, started and followed."""

from terrarium.verification.check import Check, CheckFailedError, Observation
from terrarium.verification.checks._tracking import LOG_RUN
from terrarium.verification.workspace import Workspace

__all__ = ["RUN_PIPELINE"]

_PIPELINE = "verification"  # deployed with every environment: modules/verification_pipeline.py
_PATIENCE = 1200  # s
_TRANSITIONS = 3


def _run(workspace: Workspace) -> Observation:
    pipelines = workspace.lab.pipelines
    execution = pipelines.wait(pipelines.start(_PIPELINE), seconds=_PATIENCE)
    # The status of steps also ends the execution's run, in the database.
    steps = pipelines.status(execution) if LOG_RUN.name in workspace.passed else {}
    if execution.status != "SUCCEEDED":
        reasons = "; ".join(f"{name}: {step.reason}" for name, step in steps.items() if step.reason)
        raise CheckFailedError(
            f"execution {execution.name} is {execution.status}: {reasons or 'see its history'}"
        )
    return Observation(
        f"execution {execution.name} succeeded", {"state_transitions_thousand": _TRANSITIONS / 1000}
    )


RUN_PIPELINE = Check(
    name="pipeline",
    run=_run,
    cause="the role lacks states:StartExecution or kms:Decrypt of the environment's key through states, or the "
    "executor's role may not submit jobs or use the key",
    needs=("job",),
    capability="pipelines",
)
