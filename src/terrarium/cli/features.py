"""`terrarium features`: list feature views, show their freshness, and materialize them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from terrarium.cli.environment_option import environment_option
from terrarium.cli.ranges import COUNT
from terrarium.echo import echo, json_text
from terrarium.lab import connect

__all__ = ["features"]


@click.group()
def features() -> None:
    """List feature views, and materialize them to the online store."""


@features.command("list")
@click.argument("text", default="")
@environment_option
@click.option("--entity", help="Only views of this entity.")
@click.option("--owner", help="Only views of this owner.")
def list_views(text: str, *, environment: str, entity: str | None, owner: str | None) -> None:
    """List feature views; with TEXT, those that contain it in a name or description."""
    from rich.console import Console

    from terrarium.plain_table import PlainTable

    table = PlainTable("view", "entities", "features", "owner", "source", "description")
    for registered in connect(environment).features.search(text, entity=entity, owner=owner):
        view = registered.view
        entities = ", ".join(entity.name for entity in view.entities)
        table.add_row(
            registered.name,
            entities,
            ", ".join(view.feature_dtypes),
            view.owner,
            view.source,
            view.description,
        )
    Console().print(table)


@features.command()
@click.argument("view")
@environment_option
def show(view: str, *, environment: str) -> None:
    """Show the definition of VIEW (NAME or NAME@VERSION) and its history."""
    from terrarium.features.definition.registered_view import parse_view_name

    name, version = parse_view_name(view)
    found = connect(environment).features
    registered = found.get(name, version)
    echo(json_text(registered, indent=2))
    for past in found.history(name):
        echo(
            f"version {past.version}, revision {past.revision}: {past.applied_at:%Y-%m-%d %H:%M} UTC",
            err=True,
        )


@features.command()
@click.argument("view")
@environment_option
@click.option(
    "--force", is_flag=True, help="Delete it although runs have it on record; they cannot be reproduced then."
)
def drop(view: str, *, environment: str, force: bool) -> None:
    """Delete VIEW with all its versions. Its dataset stays, and its online items stay until their ttl ends."""
    connect(environment).features.drop(view, force=force)


@features.command()
@click.argument("view")
@environment_option
@click.option("--until", type=click.DateTime(), help="Ignore rows after this time, in UTC. Default: now.")
@click.option("--full", is_flag=True, help="Process all rows, not only new ones.")
def materialize(view: str, *, environment: str, until: datetime | None, full: bool) -> None:
    """Materialize the latest row of each entity of VIEW to the online store. Safe to run again if interrupted."""
    done = connect(environment).features.materialize(
        view, until=until and until.replace(tzinfo=until.tzinfo or UTC), full=full
    )
    echo(
        f"{done.view}: {done.entities} entities processed, {done.written} written, until {done.until:%F %T} UTC"
    )
    if done.note is not None:
        echo(done.note, err=True)
    for row in done.skipped_rows:
        keys = ", ".join(f"{key}={value}" for key, value in row.keys.items())
        echo(f"skipped {keys} of {row.event_time:%F %T}: {row.problem}", err=True)
    if done.skipped > len(done.skipped_rows):
        echo(f"skipped {done.skipped - len(done.skipped_rows)} more rows", err=True)


@features.command()
@click.argument("views", nargs=-1)
@environment_option
def freshness(views: tuple[str, ...], *, environment: str) -> None:
    """Show the age of the newest row of VIEWS, offline and online. Default: all views."""
    from rich.console import Console

    from terrarium.plain_table import PlainTable

    table = PlainTable("view", "offline", "online", "online until", "")
    for fresh in connect(environment).features.freshness(*views):
        table.add_row(
            fresh.view,
            _age(fresh.offline_age),
            _age(fresh.online_age),
            f"{fresh.online_until:%F %T}" if fresh.online_until else "never",
            "materializing" if fresh.in_progress else "",
        )
    Console().print(table)


@features.command()
@click.argument("references", metavar="VIEW:FEATURE...", nargs=-1, required=True)
@environment_option
@click.option("--sample", type=COUNT, default=1_000, show_default=True, help="The most entities to compare.")
def skew(references: tuple[str, ...], *, environment: str, sample: int) -> None:
    """Compare training and serving values of the same entities. The exit code is 1 if they differ."""
    from rich.console import Console

    from terrarium.plain_table import PlainTable

    report = connect(environment).features.skew(references, sample=sample)
    table = PlainTable(
        "feature", "entities", "different", "missing online", "missing offline", "stability index"
    )
    for one in report.features:
        stability = "" if one.stability is None else f"{one.stability:.3f}"
        counts = (one.entities, one.different, one.missing_online, one.missing_offline)
        table.add_row(one.feature, *map(str, counts), stability)
    Console().print(table)
    if report.different:
        raise SystemExit(1)


@features.command("export-feast")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.argument("views", nargs=-1)
@environment_option
def export_feast(folder: Path, views: tuple[str, ...], *, environment: str) -> None:
    """Write the definitions of VIEWS to FOLDER as a Feast repository. Default: all views."""
    echo(connect(environment).features.export_feast(folder, *views))


def _age(age: timedelta | None) -> str:
    return "none" if age is None else str(timedelta(seconds=round(age.total_seconds())))
