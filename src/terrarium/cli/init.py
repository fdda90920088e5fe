"""`terrarium init`: begin a use case with every asset that it will have."""

from pathlib import Path

import click

from terrarium.echo import echo

__all__ = ["init"]


@click.command()
@click.argument("use_case", metavar="USE-CASE")
@click.option("--folder", type=click.Path(path_type=Path), help="Where; omitted, a folder of that name here.")
@click.option(
    "--dataset",
    help="What it trains on, e.g. telco.customers; omitted, one called after the use case. Its columns are not read: "
    "schema.py has examples.",
)
def init(use_case: str, *, folder: Path | None, dataset: str | None) -> None:
    """Make the project of USE-CASE, e.g. churn-prediction, which passes its own tests at once."""
    from terrarium.init import Project

    target = folder or Path(use_case)
    project = Project.of(use_case, dataset=dataset)
    made = project.write(target)
    for path in made:
        echo(path.relative_to(target))
    echo(f"\n{len(made)} files in {target}. Next, there: python -m pytest; then README.md")
