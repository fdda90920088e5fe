"""The section `workbench`."""

from typing import Annotated

from pydantic import Field

from environments.sections.section import Name, Section

__all__ = ["Workbench"]


class Workbench(Section):
    """SageMaker notebooks, one for each user, that stop when idle."""

    users: tuple[Name, ...] = ()
    """Whom a notebook is made for. Omitted: nobody."""

    instance_type: Annotated[str, Field(pattern=r"^ml\.[a-z0-9]+\.[a-z0-9]+$")] = "ml.t3.medium"
    """What a notebook runs on. Omitted: `ml.t3.medium`, about 0.06 USD an hour while it runs."""

    disk_gib: Annotated[int, Field(ge=5, le=16384)] = 20
    """GiB of encrypted disk, kept while stopped. Omitted: 20."""

    idle_minutes: Annotated[int, Field(ge=10, le=1440)] = 60
    """Minutes without work after which a notebook stops itself. Omitted: 60."""

    direct_internet: bool
    """Whether notebooks reach the internet past the network's own egress. Omitted: by tier."""
