"""Address of an open tunnel on this machine, from the variable that `terrarium tunnel` prints."""

import os
from typing import NamedTuple

from terrarium.errors import Error

__all__ = ["TunnelAddress", "tunnel_address", "tunnel_variable"]


class TunnelAddress(NamedTuple):
    """The address on this machine that a tunnel forwards to the metadata database."""

    host: str
    port: int


def tunnel_variable(environment: str) -> str:
    """Return the name of the variable with the tunnel's address for `environment`."""
    return f"TERRARIUM_TUNNEL_{environment.upper().replace('-', '_')}"


def tunnel_address(environment: str) -> TunnelAddress | None:
    """Return the address of the tunnel for `environment`, or None if its variable is not set.

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
            f"{variable} is {given!r}, which is not an address",
            remedy=f"set it to the address that `terrarium tunnel {environment}` prints, such as 127.0.0.1:15432, or "
            "unset it to connect directly",
        )
    return TunnelAddress(host, int(port))
