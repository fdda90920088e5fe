"""The section `tunnel`."""

from typing import Annotated

from environments.change import IN_PLACE, Change
from environments.sections.section import Section

__all__ = ["Tunnel"]


class Tunnel(Section):
    """The task through which laptops reach the private database."""

    enabled: Annotated[
        bool,
        Change(effect="deleted", how="Open tunnels end.", case="switched off"),
        IN_PLACE,
    ] = True
    """Whether laptops can open tunnels. Without it, only jobs, notebooks and machines whose network reaches the
    database record runs. Defaults to true."""
