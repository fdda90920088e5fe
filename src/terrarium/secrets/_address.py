"""Addresses without the credentials in them."""

from urllib.parse import urlsplit, urlunsplit

__all__ = ["without_credentials"]


def without_credentials(address: str) -> str:
    """Return the address of a git remote without user information, query and fragment.

    The user of an address of ssh's stays: it is `git`, and no secret.
    """
    try:
        parts = urlsplit(address)
    except ValueError:  # no address, e.g. a path with brackets
        return address
    if not parts.scheme or not parts.netloc:
        return address  # a path, or scp's `git@host:path`
    host = parts.netloc
    if parts.scheme == "ssh":
        user, at, rest = host.rpartition("@")
        host = f"{user.partition(':')[0]}{at}{rest}"
    else:
        host = host.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=host, query="", fragment=""))
