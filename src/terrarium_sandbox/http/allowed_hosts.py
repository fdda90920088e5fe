"""Host names that the sandbox answers.

A web page whose name resolves to 127.0.0.1 (DNS rebinding) reaches every server on loopback, and its browser sends the
page's name as `Host`. Nobody can register the allowed names: `localhost`, names below it (RFC 6761, section 6.3), and
addresses of loopback. S3 clients that put the bucket into the host name use `<bucket>.localhost`.
"""

import ipaddress
from urllib.parse import urlsplit

__all__ = ["is_allowed_host"]


def is_allowed_host(host: str) -> bool:
    """Return whether a request's `Host` header names this machine.

    Args:
        host: The header's value: a name or an address, with or without a port.
    """
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:  # brackets without an IPv6 address
        return False
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
