"""`terrarium pipelines`: compile, publish, start and follow pipelines."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from terrarium.cli.environment_option import environment_option
from terrarium.echo import echo
from terrarium.lab import connect

if TYPE_CHECKING:
    from terrarium.lab import Lab
    from terrarium.pipelines.execution import Execution

__all__ = ["pipelines"]


@click.group()
def pipelines() -> None:
    """Compile, publish, start and follow pipelines."""


@pipelines.command("list")
@environment_option
def list_pipelines(environment: str) -> None:
    """List the deployed pipelines, each with its last execution."""
    lab = connect(environment)
    for name in lab.pipelines.names():
        last = next(iter(lab.pipelines.executions(name, limit=1)), None)
        echo(f"{name}  {_in_a_line(last) if last else 'never ran'}")


@pipelines.command("compile")
@click.argument("pipeline")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write. Default: standard output.",
)
@click.option("--check", is_flag=True, help="Write nothing; fail if the file differs from the result.")
def compile_pipeline(pipeline: str, *, output: Path | None, check: bool) -> None:
    """Compile PIPELINE (package.module:attribute) to a state machine in Amazon States Language."""
    from terrarium.errors import Error
    from terrarium.pipelines.pipeline_loader import load_pipeline

    compiled = load_pipeline(pipeline, folder=Path.cwd()).compile() + "\n"
    if output is None:
        echo(compiled, nl=False)
    elif not check:
        output.write_text(compiled, encoding="utf-8")
    elif not output.exists() or output.read_text(encoding="utf-8") != compiled:
        raise Error(
            f"{output} is not what {pipeline} compiles to",
            remedy=f"compile it again: terrarium pipelines compile {pipeline} --output {output}",
        )


@pipelines.command()
@click.argument("pipeline", required=False)
@click.option("--all", "all_", is_flag=True, help="Publish every deployed pipeline of the environment.")
@environment_option
def publish(pipeline: str | None, *, all_: bool, environment: str) -> None:
    """Publish the code of this checkout for PIPELINE (package.module:attribute)."""
    if all_ == (pipeline is not None):
        raise click.UsageError("Give either PIPELINE or --all.")
    lab = connect(environment)
    if all_ and lab.manifest.pipelines_or_none is None:
        echo(
            f"{environment} has no training pipelines: nothing to publish"
        )  # workflows publish after each deployment
        return
    deployed = lab.pipelines
    for published in deployed.publish_all() if pipeline is None else [deployed.publish(pipeline)]:
        echo(f"{published.pipeline}, definition {published.definition}: {published.code}")


@pipelines.command()
@click.argument("name")
@click.option(
    "--parameter",
    "-p",
    "given",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter; the value is JSON or text.",
)
@click.option("--wait", is_flag=True, help="Wait until the execution has ended; fail if it failed.")
@environment_option
def start(name: str, *, given: tuple[str, ...], wait: bool, environment: str) -> None:
    """Start pipeline NAME now."""
    lab = connect(environment)
    execution = lab.pipelines.start(name, **dict(map(_parameter, given)))
    if wait:
        execution = lab.pipelines.wait(execution)
    echo(_in_a_line(execution))
    if wait and execution.status != "SUCCEEDED":
        _show_steps(lab, execution)
        raise SystemExit(1)


@pipelines.command()
@click.argument("name")
@click.argument("execution", required=False)
@environment_option
def status(name: str, *, execution: str | None, environment: str) -> None:
    """Show the state of each step of EXECUTION of pipeline NAME. Default: the last execution."""
    lab = connect(environment)
    found = _find(lab, name, execution)
    echo(_in_a_line(found))
    _show_steps(lab, found)


@pipelines.command()
@click.argument("name")
@click.argument("step")
@click.option("--execution", help="Name of the execution. Default: the last one.")
@environment_option
def logs(name: str, step: str, *, execution: str | None, environment: str) -> None:
    """Print the logs of STEP of pipeline NAME."""
    lab = connect(environment)
    for line in lab.pipelines.logs(_find(lab, name, execution), step):
        echo(line)


@pipelines.command()
@click.argument("name")
@click.argument("execution", required=False)
@click.option("--reason", default="stopped by hand", show_default=True, help="Stored with the execution.")
@environment_option
def stop(name: str, *, execution: str | None, reason: str, environment: str) -> None:
    """Stop EXECUTION of pipeline NAME and its jobs. Default: the last execution."""
    lab = connect(environment)
    echo(_in_a_line(lab.pipelines.stop(_find(lab, name, execution), reason=reason)))


@pipelines.command()
@click.argument("name")
@click.argument("execution", required=False)
@environment_option
def resume(name: str, *, execution: str | None, environment: str) -> None:
    """Resume EXECUTION of pipeline NAME from its failed steps. Default: the last execution."""
    lab = connect(environment)
    echo(_in_a_line(lab.pipelines.resume(_find(lab, name, execution))))


def _find(lab: "Lab", name: str, execution: str | None) -> "Execution":
    from terrarium.pipelines.errors import ExecutionNotFoundError

    if execution is not None:
        return lab.pipelines.execution(name, execution)
    for last in lab.pipelines.executions(name, limit=1):
        return last
    raise ExecutionNotFoundError(
        f"pipeline {name!r} has never run", remedy=f"start it: terrarium pipelines start {name}"
    )


def _show_steps(lab: "Lab", execution: "Execution") -> None:
    for step in lab.pipelines.status(execution).values():
        reason = f": {step.reason}" if step.reason else ""
        echo(f"  {step.name:<24} {step.status}{reason}")


def _in_a_line(execution: "Execution") -> str:
    return f"{execution.name}  {execution.status}  started {execution.started:%Y-%m-%d %H:%M:%S %Z}"


def _parameter(given: str) -> tuple[str, Any]:
    name, separator, text = given.partition("=")
    if not separator:
        raise click.BadParameter(f"{given!r} is not NAME=VALUE", param_hint="--parameter")
    try:
        return name, json.loads(text)
    except ValueError:
        return name, text
