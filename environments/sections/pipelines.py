"""The section `pipelines`."""

from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, Field

from environments.sections.section import Name, Section

__all__ = ["Pipeline"]


def _within_the_checkout(path: PurePosixPath) -> PurePosixPath:
    if path.is_absolute() or ".." in path.parts or path.suffix != ".json":
        raise ValueError("must be a .json file, by its path from the checkout's root")
    return path


class Pipeline(Section):
    """A training pipeline that is deployed with the environment."""

    name: Name
    """The pipeline's name. Required."""

    definition: Annotated[PurePosixPath, AfterValidator(_within_the_checkout)]
    """Its state machine in Amazon States Language, by path from the checkout's root. Required."""

    schedule: Annotated[str, Field(pattern=r"^(cron|rate|at)\(.+\)$")] | None = None
    """When it starts by itself, as EventBridge Scheduler writes it, in UTC: `cron(0 6 * * ? *)`. Omitted: never."""

    enabled: bool = True
    """Whether its schedule is on. Omitted: true."""
