"""`terrarium models`: the commands of the model registry."""

import sys
from typing import TYPE_CHECKING

import click

from terrarium.cli.environment_option import environment_option
from terrarium.echo import echo
from terrarium.lab import connect
from terrarium.plain_text import plain_text

if TYPE_CHECKING:
    from terrarium.models import ModelVersion
    from terrarium.plain_table import PlainTable

__all__ = ["models"]


@click.group()
def models() -> None:
    """Submit, list and promote models. Write a version as churn@champion or churn/3."""


@models.command("list")
@click.argument("name", required=False)
@environment_option
def list_models(name: str | None, *, environment: str) -> None:
    """List the versions of NAME, or of all models, newest first."""
    from rich.console import Console

    registry = connect(environment).models
    Console().print(_table(registry.versions(name) if name else registry.search()))


@models.command()
@click.argument("version")
@environment_option
def show(version: str, *, environment: str) -> None:
    """Show the metrics, gates, approvals and aliases of VERSION."""
    found = connect(environment).models.get(version)
    echo(f"{found.reference}  {found.description}".rstrip())
    echo(f"  submitted {found.created:%Y-%m-%d %H:%M}Z by {found.submitted_by or 'MLflow'}, run {found.run}")
    echo(f"  aliases   {', '.join(found.aliases) or 'none'}")
    for metric, value in sorted(found.metrics.items()):
        echo(f"  {metric} {value:g}")
    for approval in found.approvals:
        echo(f"  approved {approval}")
    if found.gates:
        echo(f"  gates of {found.gates.environment}:")
        echo("\n".join(f"    {line}" for line in str(found.gates).splitlines()))
    echo(f"  digest    {found.artifact.digest if found.artifact else 'none'}")


@models.command()
@click.argument("run")
@click.argument("name")
@environment_option
@click.option("--model", help="Name of the model within the run, if the run logged several.")
@click.option("--description", default="", help="Description of the version, part of its model card.")
def submit(run: str, name: str, *, environment: str, model: str | None, description: str) -> None:
    """Submit the model of RUN (an id or its first characters) as a version of NAME."""
    lab = connect(environment)
    run_id = lab.experiments.identify(run)
    version = lab.models.submit(run_id, name, model=model, description=description)
    echo(f"submitted: {version.reference}")
    echo(str(version.gates))


@models.command()
@click.argument("version")
@environment_option
@click.option("--for", "target", help="Environment that the version may enter. Default: --environment.")
@click.option("--reason", required=True, help="Reason, recorded with the approval.")
def approve(version: str, *, environment: str, target: str | None, reason: str) -> None:
    """Approve VERSION in your own name."""
    approval = connect(environment).models.approve(version, environment=target, reason=reason)
    echo(f"approved {approval}")


@models.command()
@click.argument("version")
@environment_option
def release(version: str, *, environment: str) -> None:
    """Write the release of VERSION, which promotions read, if an SDK without releases submitted it."""
    missing = connect(environment).models.release(version)
    echo(f"released: {version} of {environment}" if missing else f"{version} already has a release")


@models.command()
@click.argument("version")
@click.option("--to", "target", required=True, help="Target environment, in which you have a role.")
@click.option(
    "--here",
    is_flag=True,
    help="Promote in this process instead of a job. It must reach the database of the target.",
)
@click.option("--requested-by", help="ARN of the principal that requested the promotion. The job sets it.")
def promote(version: str, *, target: str, here: bool, requested_by: str | None) -> None:
    """Promote VERSION, e.g. churn/3, to the target, from the environment in its registry.promotes_from.

    A Batch job in the network of the target promotes the version. The command prints the job's output, and fails if the
    job fails.
    """
    lab = connect(target)
    if not here:
        from terrarium.models.promotion_job import run_promotion_job

        run_promotion_job(version, target=lab.connection, say=echo)
        return
    from terrarium.models.promotion import promote_here

    promoted = promote_here(version, target=lab.connection, requested_by=requested_by)
    echo(str(promoted.gates))
    echo(f"promoted: {promoted.reference} of {target}, from {promoted.origins[-1].environment}")


@models.command()
@click.argument("version")
@click.argument("alias")
@environment_option
@click.option("--reason", default="", help="Reason, recorded with the change.")
@click.option("--remove", is_flag=True, help="Remove the alias from VERSION.")
def alias(version: str, alias: str, *, environment: str, reason: str, remove: bool) -> None:
    """Set ALIAS to VERSION, and list all changes of the model's aliases."""
    registry = connect(environment).models
    found = registry.get(version)
    if not remove:
        registry.alias(version, alias, reason=reason)
    elif alias in found.aliases:
        registry.remove_alias(found.name, alias, reason=reason)
    for move in registry.alias_history(found.name):
        echo(str(move))


@models.command()
@click.argument("version")
@environment_option
def lineage(version: str, *, environment: str) -> None:
    """Show the lineage of VERSION: run, data, code, environments, and the runs that use it."""
    echo(str(connect(environment).models.lineage(version)))


@models.command()
@click.argument("version")
@environment_option
def card(version: str, *, environment: str) -> None:
    """Show the model card of VERSION, as Markdown if the output is not a terminal."""
    text = connect(environment).models.card(version)
    if not sys.stdout.isatty():
        click.echo(text, nl=False)  # a file or another program
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(plain_text(text)))


def _table(versions: "list[ModelVersion]") -> "PlainTable":
    from terrarium.plain_table import PlainTable

    table = PlainTable()
    table.add_column("version", no_wrap=True)
    for column in ("aliases", "submitted", "metrics", "run"):
        table.add_column(column, overflow="fold")
    for version in versions:
        metrics = ", ".join(f"{name} {value:.4g}" for name, value in sorted(version.metrics.items()))
        submitted = f"{version.created.astimezone():%Y-%m-%d %H:%M}"
        aliases = ", ".join(version.aliases)
        table.add_row(version.reference, aliases, submitted, metrics, version.run[:8])
    return table
