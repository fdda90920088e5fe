"""The resources of a deployed environment, and what somebody added to them."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import boto3

__all__ = ["Addition", "Deployed"]


class Addition(NamedTuple):
    """Something in the account that belongs to a resource of the stack, and that the stack does not contain.

    Terraform does not manage it, so that a deployment leaves it.

    Args:
        path: The construct path of the resource.
        id: The id or ARN in AWS, by which `terrarium drift --accept` excludes it.
        description: What it is and what it allows.
        command: The command that removes it.
    """

    path: str
    id: str
    description: str
    command: str


class Deployed(NamedTuple):
    """The resources in Terraform's state.

    Args:
        session: A session in the account and region of the environment.
        environment: The environment's name.
        account: Its account.
        resources: The attributes of each resource by its Terraform address.
        paths: The construct path of each address.
    """

    session: "boto3.Session"
    environment: str
    account: str
    resources: Mapping[str, Mapping[str, Any]]
    paths: Mapping[str, str]

    def of(self, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the construct path and the attributes of each resource of a Terraform type."""
        for address, attributes in self.resources.items():
            if address.partition(".")[0] == kind:
                yield self.paths.get(address, address), attributes

    def values(self, kind: str, attribute: str) -> set[str]:
        """Return the values of an attribute of all resources of a type."""
        return {str(attributes.get(attribute)) for _, attributes in self.of(kind)}

    def client(self, service: str) -> Any:
        """Return a client of a service in the environment's region."""
        return self.session.client(service)  # type: ignore[call-overload] # any service

    def pages(self, service: str, operation: str, result: str, **arguments: Any) -> Iterator[Any]:
        """Yield the items of every page of a listing."""
        for page in self.client(service).get_paginator(operation).paginate(**arguments):
            yield from page.get(result, [])
