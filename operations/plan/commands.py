"""Command `terrarium plan`."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from operations.plan.field_changes import field_lines
from operations.plan.plan_text import summary
from operations.plan.terraform import plan_environment
from policies.plan.warnings import plan_warnings
from terrarium.echo import echo

__all__ = ["plan"]

_DIFFERENT = 2

_synthesized = click.option(
    "--synthesized",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with the synthesized stacks (CDKTF_OUTDIR=FOLDER python -m stacks). Terraform's plan is written to "
    "the stack's folder as `plan`. Default: the stacks are synthesized in a temporary folder.",
)


@click.command()
@click.argument("environment")
@_synthesized
@click.option(
    "--summary",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to append the summary to, as Markdown. Default: print it.",
)
@click.option(
    "--save",
    "saved",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the plan, for `terrarium policy --plan`. It contains details of the account: keep it private.",
)
def plan(environment: str, *, synthesized: Path | None, file: Path | None, saved: Path | None) -> None:
    """Show the changes that a deployment of ENVIRONMENT would make. Changes nothing.

    Exit codes: 0 with a plan, 2 if the plan would delete or replace a resource that holds data, 1 without a plan.
    """
    planned = plan_environment(environment, synthesized=synthesized)
    if saved is not None:
        _save(planned.document, saved)
    changes = planned.stack.changes
    text = summary(
        environment,
        changes,
        planned.paths,
        fields=list(field_lines(planned.document)),
        warnings=plan_warnings(planned.stack),
    )
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
