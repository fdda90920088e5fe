"""Jobs: a job that runs the checks of its own role, and one whose nodes reach each other."""

from terrarium.compute.resources import Resources
from terrarium.verification.check import Check, CheckFailedError, Observation, SkippedError
from terrarium.verification.outcome import Outcome, parse_line
from terrarium.verification.workspace import Workspace

__all__ = ["MULTI_NODE_JOB", "RUN_JOB"]

_PATIENCE = 1200  # s: an instance starts, and pulls the image
_PORT = "29500"
_NODES = 2


def _run_job(workspace: Workspace) -> Observation:
    job = workspace.lab.compute.submit(
        [
            "python",
            "verification.py",
            workspace.environment,
            "--role",
            "job",
            "--token",
            f"{workspace.token}_job",
        ],
        name=f"verification-{workspace.token}",
        code=".",
        deadline=_PATIENCE,
        retries=0,
    )
    state = job.result(seconds=_PATIENCE)
    reports = [report for line in job.logs() if (report := parse_line(line))]
    for report in reports:
        workspace.emit(report)
    if not any(isinstance(report, Outcome) for report in reports):
        raise CheckFailedError(
            f"job {job.id} succeeded and its log holds no report: no log reached the log group"
        )
    seconds = (state.stopped - state.started).total_seconds() if state.started and state.stopped else 0.0
    return Observation(f"job {job.id[:8]} ran for {seconds:.0f} s", {"cpu_vcpu_hour": seconds / 3600})


def _run_nodes(workspace: Workspace) -> Observation:
    if all(pool.nodes < _NODES for pool in workspace.lab.manifest.compute.pools):
        raise SkippedError("no pool allows jobs of several nodes")
    job = workspace.lab.compute.submit(
        ["python", "-m", "terrarium.verification._rendezvous", _PORT],
        name=f"verification-nodes-{workspace.token}",
        code=None,
        resources=Resources(nodes=_NODES),
        deadline=_PATIENCE,
        retries=0,
    )
    job.result(seconds=_PATIENCE)
    return Observation(f"job {job.id[:8]}: {_NODES} nodes exchanged a message")


RUN_JOB = Check(
    name="job",
    run=_run_job,
    cause="the queue or its compute environment is disabled, the base image is not in the repository (`terrarium "
    "images push`), or the account's vCPU quota is 0",
    needs=("connect", "artifacts"),  # the code of a job is an object
)
MULTI_NODE_JOB = Check(
    name="multi-node job",
    run=_run_nodes,
    cause="the security group of the pool does not let nodes reach each other",
    needs=("job",),
)
