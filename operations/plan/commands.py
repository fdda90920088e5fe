"""`terrarium drift` and `terrarium plan`."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from operations.plan.plan_text import drift_in_words, summary
from operations.plan.terraform import plan_environment
from policies.plan.change import changes_of
from terrarium.echo import echo

__all__ = ["drift", "plan"]

_DIFFERENT = 2

_synthesized = click.option(
    "--synthesized",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with the synthesized stacks (CDKTF_OUTDIR=FOLDER python -m stacks), as another job made them; "
    "without it, they are synthesized. Terraform's plan is left beside the stack, as `plan`.",
)


@click.command()
@click.argument("environment")
@_synthesized
def drift(environment: str, *, synthesized: Path | None) -> None:
    """Say what in the account of ENVIRONMENT no longer matches its stack. Changes nothing.

    Ends with 0 if all matches, with 2 if something does not, and with 1 if that could not be found out.
    """
    planned = plan_environment(environment, synthesized=synthesized)
    changes = changes_of(planned.document)
    for line in drift_in_words(changes, planned.paths):
        echo(line)
    if changes:
        echo(f"{environment}: {len(changes)} resources do not match the stack")
        sys.exit(_DIFFERENT)
    echo(f"{environment}: everything is as the stack says")


@click.command()
@click.argument("environment")
@_synthesized
@click.option(
    "--summary",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file to add the summary to, as Markdown; without it, it is printed.",
)
@click.option(
    "--save",
    "saved",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file for the plan, for `terrarium policy --plan`. It tells how the account is set up: keep it private.",
)
def plan(environment: str, *, synthesized: Path | None, file: Path | None, saved: Path | None) -> None:
    """Say what deploying ENVIRONMENT would change. Changes nothing.

    Ends with 0, with 2 if it would end something that holds data, and with 1 if there is no plan.
    """
    planned = plan_environment(environment, synthesized=synthesized)
    if saved is not None:
        _save(planned.document, saved)
    changes = changes_of(planned.document)
    text = summary(environment, changes, planned.paths)
    if file is None:
        echo(text)
    else:
        with file.open("a", encoding="utf-8") as report:
            report.write(text + "\n")
    sys.exit(_DIFFERENT if any(change.loses_data for change in changes) else 0)


def _save(document: dict[str, Any], file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(json.dumps(document), encoding="utf-8")
