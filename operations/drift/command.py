"""Command `terrarium drift`."""

import sys
from pathlib import Path
from typing import Any

import click

from environments import load_environment
from operations.account import session_in
from operations.drift.additions import additions, declared_checks
from operations.drift.deployed import Addition, Deployed
from operations.drift.drift_text import Drift, markdown, text
from operations.drift.since_deployment import changed_since_deployment
from operations.plan.terraform import Plan, plan_environment
from policies.plan.administrator import reserved_changes
from terrarium.echo import echo

__all__ = ["drift"]

_DIFFERENT = 2


@click.command()
@click.argument("environment")
@click.option(
    "--synthesized",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with the synthesized stacks (CDKTF_OUTDIR=FOLDER python -m stacks). Default: the stacks are "
    "synthesized in a temporary folder.",
)
@click.option(
    "--since-deployment",
    is_flag=True,
    help="List only what changed in the account since the last deployment, without changes of the checkout that are "
    "not deployed yet.",
)
@click.option(
    "--accept",
    multiple=True,
    envvar="TERRARIUM_DRIFT_ACCEPT",
    show_envvar=True,
    metavar="ID",
    help="Id of an addition to leave out, such as a VPC endpoint of the network team. Repeatable.",
)
@click.option(
    "--summary",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to append the result to, as Markdown, besides printing it.",
)
def drift(
    environment: str,
    *,
    synthesized: Path | None,
    since_deployment: bool,
    accept: tuple[str, ...],
    file: Path | None,
) -> None:
    """List the differences between the account of ENVIRONMENT and its stack. Changes nothing.

    Differences are resources that do not match the stack, which the next deployment reverts, and additions that
    Terraform does not manage, such as grants of the key, each with the command that removes it.

    Exit codes: 0 without differences, 2 with some, 1 if the account could not be compared.
    """
    planned = plan_environment(environment, synthesized=synthesized)
    changes = planned.stack.changes
    if since_deployment:
        changes = changed_since_deployment(changes, planned.document)
    found = Drift(
        environment,
        changes,
        tuple(one for one in _additions(environment, planned) if one.id not in accept),
        planned.paths,
        dict(reserved_changes(planned.stack)),
    )
    echo(text(found))
    if file is not None:
        with file.open("a", encoding="utf-8") as report:
            report.write(markdown(found))
    if found.changes or found.additions:
        sys.exit(_DIFFERENT)


def _additions(environment: str, planned: Plan) -> tuple[Addition, ...]:
    return additions(_deployed(environment, planned), own=declared_checks(planned.stack.document))


def _deployed(environment: str, planned: Plan) -> Deployed:
    config = load_environment(environment)
    state = planned.document.get("prior_state", {}).get("values", {}).get("root_module", {})
    resources: dict[str, dict[str, Any]] = {
        resource["address"]: resource["values"]
        for resource in state.get("resources", [])
        if resource["mode"] == "managed"
    }
    return Deployed(session_in(config), environment, config.account, resources, planned.paths)
