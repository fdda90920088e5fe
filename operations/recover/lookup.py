"""`Lookup`: the request that finds the object of a resource in the account, and the id that Terraform imports it by."""

from collections.abc import Mapping
from typing import Any, NamedTuple

__all__ = ["Lookup"]


class Lookup(NamedTuple):
    """A request, and what its answer says of one resource.

    Texts are templates: `{name}` is the argument `name` of the resource, `{tags[Name]}` a value of a nested one;
    `{account}`, `{region}`, `{partition}` and `{environment}` are those of the environment, `{stem}` is `Names.stem`.

    Args:
        service: The service, as boto3 calls it.
        operation: The method of boto3's client.
        request: Its arguments.
        found: JMESPath of what the answer must contain: the id that AWS assigned, or a list of such ids.
        import_id: The id that Terraform imports by; `{found}` is the value of `found`.
        absent: Error codes that mean that the object does not exist, if the code itself does not state it.
        status: JMESPath of the object's status, if it has one.
        ready: The statuses in which the object can be used.
    """

    service: str
    operation: str
    request: Mapping[str, Any]
    found: str = "@"
    import_id: str = "{found}"
    absent: tuple[str, ...] = ()
    status: str | None = None
    ready: tuple[str, ...] = ()
