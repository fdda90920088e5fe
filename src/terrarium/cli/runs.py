"""`terrarium runs`: list, delete, restore and redact runs."""

import csv
import io
import sys
from typing import TYPE_CHECKING, Literal

import click

from terrarium.cli.environment_option import environment_option
from terrarium.cli.ranges import COUNT
from terrarium.echo import echo, json_text
from terrarium.file_errors import FileRefusedError, explained_paths
from terrarium.lab import connect
from terrarium.reproduce.reproduction_tags import REPRODUCES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import IO

    from terrarium.record.run_summary import RunSummary
    from terrarium.search import Condition, Field

__all__ = ["runs"]

_MOST_NAMES = 8  # names of metrics that the note below the table lists
_PARENT = "mlflow.parentRunId"


@click.group()
def runs() -> None:
    """List, delete and restore runs, and remove secrets from them."""


@runs.command("list")
@click.argument("where", required=False)
@environment_option
@click.option("--order-by", default="started desc", show_default=True, help="E.g. 'metrics.roc_auc desc'.")
@click.option("--limit", type=COUNT, default=20, show_default=True, help="Maximum number of runs.")
@click.option("--deleted", is_flag=True, help="List deleted runs.")
@click.option("--nested", is_flag=True, help="Also list trials, steps of pipelines and reproductions.")
@click.option(
    "--column", multiple=True, metavar="FIELD", help="Show this field, e.g. metrics.roc_auc (repeatable)."
)
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
)
def list_runs(
    where: str | None,
    *,
    environment: str,
    order_by: str,
    limit: int,
    deleted: bool,
    nested: bool,
    column: tuple[str, ...],
    form: Literal["table", "csv", "json"],
) -> None:
    """List the runs that match the condition WHERE, or all runs.

    Example: terrarium runs list "metrics.roc_auc > 0.9 and not tags.broken" --order-by "metrics.roc_auc desc"

    Fields are metrics.NAME, params.NAME, tags.NAME, use_case.FIELD, datasets.NAME (or ["NAME"]), run_id, name,
    experiment, user, status, started, ended, commit, branch, entry_point.
    """
    from terrarium.cli.runs_table import chosen_columns

    columns = chosen_columns(column)
    experiments = connect(environment).experiments
    chosen = where if nested else _top_level(where)
    found = experiments.search(chosen, order_by=order_by, limit=limit, deleted=deleted)
    match form:
        case "json":
            for run in found:
                echo(json_text(run))
        case "csv":
            _write_csv(found)
        case "table":
            matching = experiments.count(chosen, deleted=deleted)
            hidden = 0 if nested else experiments.count(where, deleted=deleted) - matching
            _print_table(
                found, columns=columns, asked=f"{where} {order_by}", matching=matching, nested=hidden
            )


@runs.command()
@click.argument("ids", metavar="RUN...", nargs=-1, required=True)
@environment_option
def delete(ids: tuple[str, ...], *, environment: str) -> None:
    """Delete runs (ids or their first characters). `restore` undoes it until `terrarium gc` has run."""
    experiments = connect(environment).experiments
    found = [experiments.identify(text) for text in ids]
    experiments.delete(*found)
    echo(f"deleted: {', '.join(found)}")


@runs.command()
@click.argument("ids", metavar="RUN...", nargs=-1, required=True)
@environment_option
def restore(ids: tuple[str, ...], *, environment: str) -> None:
    """Restore deleted runs (ids or their first characters)."""
    experiments = connect(environment).experiments
    found = [experiments.identify(text) for text in ids]
    experiments.restore(*found)
    echo(f"restored: {', '.join(found)}")


@runs.command()
@click.argument("run")
@environment_option
@click.option(
    "--texts",
    "file",
    type=click.File("r"),
    help="File with additional secrets, one per line; `-` for standard input.",
)
def redact(run: str, *, environment: str, file: "IO[str] | None") -> None:
    """Remove secrets from RUN (an id or its first characters).

    Keys, tokens and passwords in tags, hyperparameters, record, artifacts and logged models are replaced by ***. Files
    with secrets are removed from the patch. Versions of objects that contained them are deleted permanently if your
    role may do that, as an administrator's role may. Exits with code 2 if something could not be removed.
    """
    texts = [] if file is None else _read_secrets(file)
    done = connect(environment).experiments.redact(run, texts=texts)
    for what in done.replaced:
        click.echo(f"redacted: {what}")
    click.echo(f"{len(done.replaced)} redacted, {done.deleted} versions of objects deleted permanently")
    for what, why in done.kept.items():
        click.echo(f"not removed: {what}: {why}", err=True)
    click.echo(
        "not searched: code snapshots of jobs, packages of submitted models, promoted copies. "
        "Others may have read the secrets: replace them where they were issued."
    )
    if done.kept:
        sys.exit(2)


def _read_secrets(file: "IO[str]") -> list[str]:
    """Return the lines of a file that are not empty.

    Raises:
        FileRefusedError: The file cannot be read, or is not UTF-8.
    """
    with explained_paths(f"read the secrets in {file.name}"):
        try:
            return [line.strip() for line in file if line.strip()]
        except UnicodeDecodeError as error:
            raise FileRefusedError(
                f"{file.name} is not text in UTF-8: {error}", remedy="write one secret per line, in UTF-8"
            ) from error


def _print_table(
    found: "list[RunSummary]", *, columns: "Sequence[Field]", asked: str, matching: int, nested: int
) -> None:
    from rich.console import Console

    from terrarium.cli.runs_table import runs_table

    console = Console()
    table, left_out = runs_table(found, columns=columns, asked=asked, width=console.width)
    console.print(table)
    notes = [f"{len(found)} of {matching} runs"]
    if len(found) < matching:
        notes.append("--limit lists more")
    if nested:
        notes.append(f"{nested} nested runs and reproductions are not shown: --nested")
    if left_out:
        shown = ", ".join(left_out[:_MOST_NAMES]) + (", …" if len(left_out) > _MOST_NAMES else "")
        notes.append(f"other metrics: {shown} (--column metrics.NAME)")
    echo("; ".join(notes))


def _top_level(where: str | None) -> "Condition | None":
    """Return the condition that excludes trials, steps of pipelines and reproductions.

    They are not excluded if the condition names run ids, parent runs or reproduced runs.
    """
    from terrarium.search import parse_condition, tag

    if where is not None and any(name in where for name in ("run_id", _PARENT, REPRODUCES)):
        return parse_condition(where)
    whole = ~tag(_PARENT) & ~tag(REPRODUCES)
    return whole if where is None else parse_condition(where) & whole


def _write_csv(found: "list[RunSummary]") -> None:
    attributes = ["id", "experiment", "name", "status", "started", "ended", "artifact_uri"]
    rows = [
        {name: getattr(run, name) for name in attributes}
        | {
            f"{group}.{name}": value
            for group in ("params", "metrics", "tags")
            for name, value in getattr(run, group).items()
        }
        for run in found
    ]
    columns = [*attributes, *sorted({name for row in rows for name in row} - {*attributes})]
    written = io.StringIO()
    writer = csv.DictWriter(written, columns)
    writer.writeheader()
    writer.writerows(rows)
    if sys.stdout.isatty():
        echo(written.getvalue(), nl=False)
    else:  # a file or another program needs the exact names
        click.echo(written.getvalue(), nl=False)
