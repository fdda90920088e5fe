"""The section `workbench`."""

from typing import Annotated

from pydantic import Field

from environments.change import IN_PLACE, Change
from environments.sections.section import Name, Section

__all__ = ["Workbench"]


_RESTART = Change(
    effect="in place with interruption", how="Running notebooks are stopped and started. Files stay."
)


class Workbench(Section):
    """SageMaker notebook instances, one per user, which stop when they are idle."""

    enabled: Annotated[
        bool,
        Change(
            effect="deleted",
            how="Every notebook is deleted with the files on its disk: have them copied before.",
            case="switched off",
        ),
        IN_PLACE,
    ] = True
    """Whether the environment has a workbench. Without it, `users` get no notebook. Defaults to true."""

    users: Annotated[
        tuple[Name, ...],
        Change(
            effect="deleted",
            how="The notebook of a removed user is deleted with the files on its disk: have them copied before.",
            case="removed",
        ),
        IN_PLACE,
    ] = ()
    """Users with a notebook instance each. Defaults to none."""

    instance_type: Annotated[
        str,
        Field(pattern=r"^ml\.[a-z0-9]+\.[a-z0-9]+$"),
        _RESTART,
    ] = "ml.t3.medium"
    """Instance type of the notebooks. Defaults to `ml.t3.medium`, about 0.06 USD an hour while it runs."""

    disk_gib: Annotated[
        int,
        Field(ge=5, le=16384),
        Change(
            effect="refused",
            how="SageMaker does not shrink disks. To start with an empty one, deploy without the "
            "users, then add them again.",
            case="lower",
            while_used="users",
        ),
        _RESTART,
    ] = 20
    """GiB of encrypted disk, which is kept while the notebook is stopped. Defaults to 20."""

    idle_minutes: Annotated[
        int,
        Field(ge=10, le=1440),
        Change(effect="in place", how="It applies to each notebook from its next start."),
    ] = 60
    """Minutes without activity after which a notebook stops itself. Defaults to 60."""

    direct_internet: Annotated[
        bool,
        Change(
            effect="refused",
            how="SageMaker cannot change it: set the deployed value in the file. To start with an empty disk, deploy "
            "without the users, then add them again.",
            while_used="users",
        ),
        IN_PLACE,
    ]
    """Whether notebooks reach the internet directly instead of through `network.egress`. Defaults to the tier's
    value."""
