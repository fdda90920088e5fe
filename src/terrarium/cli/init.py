"""`terrarium init`: create a project with all assets of a use case."""

from pathlib import Path

import click

from terrarium.echo import echo

__all__ = ["init"]


@click.command()
@click.argument("use_case", metavar="USE-CASE")
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Folder to create. Default: the name of the use case."
)
@click.option(
    "--dataset",
    help="Dataset to train on, such as telco.customers. Default: derived from the use case. Its columns are not "
    "read: edit the examples in schema.py.",
)
def init(use_case: str, *, folder: Path | None, dataset: str | None) -> None:
    """Create the project of USE-CASE, such as churn-prediction. Its tests pass without changes."""
    from terrarium.init import Project

    target = folder or Path(use_case)
    project = Project.of(use_case, dataset=dataset)
    made = project.write(target)
    for path in made:
        echo(path.relative_to(target))
    echo(f"\n{len(made)} files in {target}. Next, run there: python -m pytest; then read README.md")
