"""`terrarium models`: the model registry from the command line."""

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
    """Submit, find, promote models. A version is written churn@champion or churn/3."""


@models.command("list")
@click.argument("name", required=False)
@environment_option
def list_models(name: str | None, *, environment: str) -> None:
    """List the versions of NAME, or of all models, the last one first."""
    from rich.console import Console

    registry = connect(environment).models
    Console().print(_table(registry.versions(name) if name else registry.search()))


@models.command()
@click.argument("version")
@environment_option
def show(version: str, *, environment: str) -> None:
    """Show what is known of VERSION: metrics, gates, approvals, aliases."""
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
@click.option("--model", help="The model's name within the run, where it kept several.")
@click.option("--description", default="", help="What others should know of this version.")
def submit(run: str, name: str, *, environment: str, model: str | None, description: str) -> None:
    """Submit the model of RUN, given by id or its first characters, as a version of NAME."""
    lab = connect(environment)
    run_id = lab.experiments.identify(run)
    version = lab.models.submit(run_id, name, model=model, description=description)
    echo(f"submitted: {version.reference}")
    echo(str(version.gates))


@models.command()
@click.argument("version")
@environment_option
@click.option("--for", "target", help="Where it may enter; omitted, the environment itself.")
@click.option("--reason", required=True, help="Why; it is kept with the version.")
def approve(version: str, *, environment: str, target: str | None, reason: str) -> None:
    """Approve VERSION in your own name."""
    approval = connect(environment).models.approve(version, environment=target, reason=reason)
    echo(f"approved {approval}")


@models.command()
@click.argument("version")
@environment_option
def release(version: str, *, environment: str) -> None:
    """Write the release of VERSION, which a promotion reads, if it was submitted before releases were written."""
    missing = connect(environment).models.release(version)
    echo(f"released: {version} of {environment}" if missing else f"{version} has its release already")


@models.command()
@click.argument("version")
@click.option(
    "--to", "target", required=True, help="The environment to promote to, of which you have a role."
)
@click.option(
    "--here",
    is_flag=True,
    help="Promote in this process, which has to reach the database of the target, instead of in a job of the target.",
)
@click.option("--requested-by", help="ARN of the principal that asked for the promotion; the job states it.")
def promote(version: str, *, target: str, here: bool, requested_by: str | None) -> None:
    """Promote VERSION, such as churn/3, from the environment that TARGET takes models from.

    A Batch job in the network of TARGET does it; its output is printed, and the command fails if the job does.
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
@click.option("--reason", default="", help="Why; it is kept with who and when.")
@click.option("--remove", is_flag=True, help="Let the alias mean nothing, if it means VERSION now.")
def alias(version: str, alias: str, *, environment: str, reason: str, remove: bool) -> None:
    """Let ALIAS mean VERSION; every move stays on record."""
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
    """Tell where VERSION comes from (run, data, code, environments), and who uses it."""
    echo(str(connect(environment).models.lineage(version)))


@models.command()
@click.argument("version")
@environment_option
def card(version: str, *, environment: str) -> None:
    """Show the model card of VERSION; as Markdown where it is not a terminal."""
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
