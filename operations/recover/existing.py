"""Objects of a stack's resources that exist in the account, found by the import table."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from modules.resource_type import ImportLookup
from operations.recover.import_table import IMPORT_TABLE
from operations.recover.lookup import Lookup
from operations.synthesized import Resource
from terrarium.errors import Error

if TYPE_CHECKING:
    import boto3

    from environments import Environment
from modules.names import Names

__all__ = ["AmbiguousError", "Existing", "Found"]

_REFERENCE: Final = re.compile(r"\$\{(aws_\w+)\.([\w-]+)\.(\w+)\}")
_ABSENT: Final = re.compile(r"NotFound|NoSuch|NonExistent|DoesNotExist|^404$")


class Found(NamedTuple):
    """An object that exists.

    Args:
        import_id: The id that Terraform imports it by.
        status: Its status, if the object is not ready yet, or no longer.
    """

    import_id: str
    status: str | None


class AmbiguousError(Error):
    """Several objects could be that of one resource."""


class _AbsentError(Exception):
    """A resource has no object, and so no attributes for those that refer to it."""


class Existing:
    """The objects of a stack's resources.

    Args:
        session: A session in the environment's account.
        config: The environment.
        resources: The resources of its stack.
        state: The attributes of the resources in the state, by address: nothing is requested for these.
        declared: How objects of types are found that only extensions use.
    """

    def __init__(
        self,
        session: "boto3.Session",
        *,
        config: "Environment",
        resources: Iterable[Resource],
        state: Mapping[str, Mapping[str, Any]],
        declared: Mapping[str, ImportLookup] = MappingProxyType({}),
    ) -> None:
        self._session = session
        self._config = config
        self._resources = {resource.address: resource for resource in resources}
        self._state = state
        self._lookups = {
            **{kind: Lookup(**one.model_dump()) for kind, one in declared.items()},
            **IMPORT_TABLE,
        }
        self._found: dict[str, Found | None] = {}
        self._answers: dict[str, Any] = {}

    def find(self, address: str) -> Found | None:
        """Return the object of a resource if it exists. Costs one request, and those of resources it refers to.

        Raises:
            AmbiguousError: Several objects match.
            terrarium.errors.Error: The resource's type is not in the table, or AWS refused a request.
        """
        if address not in self._found:
            try:
                self._found[address] = self._look_up(self._resources[address])
            except _AbsentError:  # what it refers to does not exist
                self._found[address] = None
        return self._found[address]

    def _look_up(self, resource: Resource) -> Found | None:
        lookup = self._lookups.get(resource.kind)
        if lookup is None:
            raise Error(
                f"{resource.address}: recover does not know how to find resources of the type {resource.kind}",
                remedy="add the type to operations/recover/import_table.py, or a `lookup` to the `resource_types` of "
                "the extension",
            )
        arguments = _Arguments(self, resource, self._config)
        answer = self._request(lookup, _filled(lookup.request, arguments), resource)
        if answer is None:
            return None
        import jmespath  # type: ignore[import-untyped] # of botocore

        found = jmespath.search(lookup.found.format_map(arguments), answer)
        if isinstance(found, list):
            if len(found) > 1:
                raise AmbiguousError(
                    f"{resource.path} ({resource.kind}): {len(found)} objects match: {', '.join(sorted(found))}",
                    remedy=f"look at which one the environment uses (terrarium describe {self._config.name}), delete "
                    "the others, and run it again",
                )
            found = found[0] if found else None
        if not found:
            return None
        arguments["found"] = found
        status = lookup.status and jmespath.search(lookup.status.format_map(arguments), answer)
        return Found(
            lookup.import_id.format_map(arguments),
            None if status is None or status in lookup.ready else status,
        )

    def attribute(self, address: str, name: str) -> Any:
        """Return an attribute of a resource: that of the state, else the stack's, else its import id."""
        if address in self._state:
            return self._state[address][name]
        found = self.find(address) if address in self._resources else None
        if found is None:
            raise _AbsentError(address)
        resource = self._resources[address]
        if name in resource.attributes:
            return self.resolved(resource.attributes[name])
        return found.import_id

    def resolved(self, value: Any) -> Any:
        """Return a value of the stack with its references replaced."""
        if isinstance(value, str):
            return _REFERENCE.sub(
                lambda match: str(self.attribute(f"{match[1]}.{match[2]}", match[3])), value
            )
        return value

    def _request(self, lookup: Lookup, request: Any, resource: Resource) -> Any:
        from botocore.exceptions import ClientError

        key = repr((lookup.service, lookup.operation, request))
        if key not in self._answers:
            client: Any = self._session.client(lookup.service)  # type: ignore[call-overload] # any service
            try:
                if client.can_paginate(lookup.operation):
                    pages = client.get_paginator(lookup.operation).paginate(**request)
                    self._answers[key] = pages.build_full_result()
                else:
                    self._answers[key] = getattr(client, lookup.operation)(**request)
            except ClientError as error:
                code = error.response["Error"]["Code"]
                if not _ABSENT.search(code) and code not in lookup.absent:
                    raise Error(
                        f"{resource.path} ({resource.kind}) could not be looked up: {error}",
                        remedy="use a role that may describe the environment's resources, such as the administrator's",
                    ) from error
                self._answers[key] = None
        return self._answers[key]


class _Arguments(dict[str, Any]):
    """The arguments of a resource, resolved when a template uses them."""

    def __init__(self, existing: Existing, resource: Resource, config: "Environment") -> None:
        super().__init__(
            account=config.account,
            region=config.region,
            partition=Names.of(config).partition,
            environment=config.name,
            stem=config.name_stem,
        )
        self._existing = existing
        self._resource = resource

    def __missing__(self, name: str) -> Any:
        attributes = self._resource.attributes
        if name == "issuer":
            return str(attributes["url"]).removeprefix("https://")
        if name == "path":
            return attributes.get("path") or "/"
        return self._existing.resolved(attributes[name])


def _filled(request: Any, arguments: Mapping[str, Any]) -> Any:
    if isinstance(request, str):
        return request.format_map(arguments)
    if isinstance(request, Mapping):
        return {key: _filled(value, arguments) for key, value in request.items()}
    if isinstance(request, list):
        return [_filled(value, arguments) for value in request]
    return request
