"""`terrarium jobs`: submit, list, inspect and cancel jobs."""

from typing import TYPE_CHECKING

import click

from terrarium.cli.environment_option import environment_option
from terrarium.cli.ranges import COUNT
from terrarium.echo import echo, echo_log
from terrarium.lab import connect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from terrarium.compute.state import JobState, Status
    from terrarium.plain_table import PlainTable

__all__ = ["jobs"]

_STATUSES = ("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED")


@click.group()
def jobs() -> None:
    """Submit, list, inspect and cancel jobs."""


@jobs.command(context_settings={"ignore_unknown_options": True})
@environment_option
@click.option("--vcpus", default=1, show_default=True, help="vCPUs of each node.")
@click.option("--memory", default=2048, show_default=True, help="Memory of each node, in MiB.")
@click.option("--gpus", default=0, show_default=True, help="GPUs of each node.")
@click.option("--nodes", default=1, show_default=True, help="Number of nodes.")
@click.option("--name", help="Name of the job.")
@click.option("--pool", help="Pool to run in. Default: the first that can run the job.")
@click.option("--image", help="Image of the environment to run in.")
@click.option("--packages", help="Requirements file with exact versions, or id of a run.")
@click.option("--array", type=int, help="Number of jobs in an array.")
@click.option("--retries", type=int, help="Number of retries after a failure.")
@click.option("--deadline", type=int, help="Maximum duration of an attempt, in seconds.")
@click.option("--follow", is_flag=True, help="Print the log until the job has ended.")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def submit(
    *,
    environment: str,
    vcpus: int,
    memory: int,
    gpus: int,
    nodes: int,
    name: str | None,
    pool: str | None,
    image: str | None,
    packages: str | None,
    array: int | None,
    retries: int | None,
    deadline: int | None,
    follow: bool,
    command: tuple[str, ...],
) -> None:
    """Run COMMAND as a job, with the code of this checkout.

    Example: terrarium jobs submit --vcpus 8 --memory 16000 -- python -m churn.train
    """
    from terrarium.compute.resources import Resources

    job = connect(environment).compute.submit(
        command,
        resources=Resources(vcpus=vcpus, memory=memory, gpus=gpus, nodes=nodes),
        name=name,
        pool=pool,
        image=image,
        packages=packages,
        array=array,
        retries=retries,
        deadline=deadline,
    )
    echo(job.id)
    if follow:
        for line in job.logs(follow=True):
            echo_log(line)
        job.result()


@jobs.command("list")
@environment_option
@click.option("--status", type=click.Choice(_STATUSES), help="List jobs with this status.")
@click.option("--name", help="List jobs with this name; a trailing asterisk matches any characters.")
@click.option("--pool", help="List jobs of this pool.")
@click.option("--limit", type=COUNT, default=20, show_default=True, help="Maximum number of jobs.")
def list_jobs(
    *, environment: str, status: "Status | None", name: str | None, pool: str | None, limit: int
) -> None:
    """List jobs, latest submission first."""
    from rich.console import Console

    found = connect(environment).compute.jobs(status=status, name=name, pool=pool, limit=limit)
    Console().print(_table(found))


@jobs.command()
@click.argument("job")
@environment_option
def show(job: str, *, environment: str) -> None:
    """Show the status of JOB (an id or its first characters).

    If it failed, also show the reason and a fix; for arrays, those of each failed job.
    """
    compute = connect(environment).compute
    found = compute.job(compute.identify(job))
    state = found.state()
    echo(f"{state.name} ({state.id}): {state.status}")
    for label, moment in (("submitted", state.created), ("started", state.started), ("ended", state.stopped)):
        if moment is not None:
            echo(f"  {label} {moment:%Y-%m-%d %H:%M:%S} UTC")
    why = found.waiting()
    if why is not None:
        echo(f"  {why}")
    elif state.reason and state.failure is None:
        echo(f"  {state.reason}")
    failed = [child for child in found.child_states() if child.failure is not None] or [state]
    for one in failed:
        if one.failure is not None:
            place = f"[{one.index}] " if one.index is not None else ""
            echo(f"  {place}{one.failure.problem}\n    -> {one.failure.remedy}")


@jobs.command()
@click.argument("job")
@environment_option
@click.option("--follow", "-f", is_flag=True, help="Print the log until the job has ended.")
def logs(job: str, *, environment: str, follow: bool) -> None:
    """Print the logs of JOB (an id or its first characters)."""
    compute = connect(environment).compute
    for line in compute.job(compute.identify(job)).logs(follow=follow):
        echo_log(line)


@jobs.command()
@click.argument("ids", metavar="JOB...", nargs=-1, required=True)
@environment_option
@click.option("--reason", default="by request", show_default=True, help="Reason to record with the job.")
def cancel(ids: tuple[str, ...], *, environment: str, reason: str) -> None:
    """Cancel jobs that wait or run (ids or their first characters)."""
    compute = connect(environment).compute
    for job in ids:
        compute.job(compute.identify(job)).cancel(reason)


def _table(found: "Iterable[JobState]") -> "PlainTable":
    from terrarium.plain_table import PlainTable

    table = PlainTable()
    table.add_column("id", no_wrap=True, min_width=36)  # complete: other clients of Batch need the whole id
    for column in ("name", "status", "submitted", "reason"):
        table.add_column(column, overflow="fold")
    for state in found:
        created = f"{state.created:%Y-%m-%d %H:%M}" if state.created else ""
        reason = state.failure.problem if state.failure else state.reason or ""
        size = f" x {state.size}" if state.size else ""
        table.add_row(state.id, f"{state.name}{size}", state.status, created, reason)
    return table
