"""The section `workbench`."""

from typing import Annotated

from pydantic import Field

from environments.sections.section import Name, Section

__all__ = ["Workbench"]


class Workbench(Section):
    """SageMaker notebook instances, one per user, which stop when they are idle."""

    users: tuple[Name, ...] = ()
    """Users with a notebook instance each. Defaults to none."""

    instance_type: Annotated[str, Field(pattern=r"^ml\.[a-z0-9]+\.[a-z0-9]+$")] = "ml.t3.medium"
    """Instance type of the notebooks. Defaults to `ml.t3.medium`, about 0.06 USD an hour while it runs."""

    disk_gib: Annotated[int, Field(ge=5, le=16384)] = 20
    """GiB of encrypted disk, which is kept while the notebook is stopped. Defaults to 20."""

    idle_minutes: Annotated[int, Field(ge=10, le=1440)] = 60
    """Minutes without activity after which a notebook stops itself. Defaults to 60."""

    direct_internet: bool
    """Whether notebooks reach the internet directly instead of through `network.egress`. Defaults to the tier's
    value."""
