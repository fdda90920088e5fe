"""Where this machine's end of a tunnel is, as `terrarium tunnel` says it."""

import os
from typing import NamedTuple

from terrarium.errors import Error

__all__ = ["TunnelAddress", "tunnel_address", "tunnel_variable"]


class TunnelAddress(NamedTuple):
    """An address on this machine behind which the metadata database answers."""

    host: str
    port: int


def tunnel_variable(environment: str) -> str:
    """The variable that names the tunnel of `environment`."""
    return f"TERRARIUM_TUNNEL_{environment.upper().replace('-', '_')}"


def tunnel_address(environment: str) -> TunnelAddress | None:
    """The tunnel to use for `environment`, if its variable names one.

    Raises:
        Error: The variable is not of the form `127.0.0.1:15432`.
    """
    variable = tunnel_variable(environment)
    given = os.environ.get(variable)
    if not given:
        return None
    host, _, port = given.rpartition(":")
    if not host or not port.isdecimal():
        raise Error(
            f"{variable} is {given!r}, which is no address",
            remedy=f"`terrarium tunnel {environment}` prints the right one, such as 127.0.0.1:15432; "
            "unset it to connect directly",
        )
    return TunnelAddress(host, int(port))
