"""Inventory of the sandbox: counts of moto's models by account and service."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, cast

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.common_models import BaseModel as Model
from moto.rds.models import rds_backends

from terrarium_sandbox.accounts import ADMINISTRATOR
from terrarium_sandbox.status import AccountInventory, Database

__all__ = ["list_accounts", "list_databases"]

# States of resources that have ended, and that services still list for a while.
_ENDED: Mapping[str, tuple[str, ...]] = {
    "key_state": ("PendingDeletion",),
    "state": ("deleted",),
    "status": ("INACTIVE",),
}
# Keys and sessions are not deployed, and are not counted.
_OF_PRINCIPALS = {"AccessKey", "AssumedRole"}


def list_accounts() -> list[AccountInventory]:
    """Return the resources of each account that has some."""
    found: dict[str, dict[str, Counter[str]]] = {}
    for registry in list(cast("Any", BackendDict)._instances):
        for account, _, backend in registry.iter_backends():
            services = found.setdefault(account, {})
            services.setdefault(registry.service_name, Counter()).update(_count_made(backend))
    return [
        AccountInventory(
            account=account,
            resources={service: dict(kinds) for service, kinds in sorted(services.items()) if kinds},
        )
        for account, services in sorted(found.items())
        if any(services.values())
    ]


def list_databases() -> list[Database]:
    """Return the clusters of all accounts and regions."""
    return [
        Database(
            account=account,
            region=region,
            name=name,
            status=cluster.status,
            address=f"{cluster.endpoint}:{cluster.port}",
        )
        for account, region, backend in rds_backends.iter_backends()
        for name, cluster in cast("Any", backend).clusters.items()
    ]


def _count_made(backend: BaseBackend) -> Counter[str]:
    """Count the models of a backend, without the default networks, images and others of a new backend."""
    count = _count(backend)
    return count - _count(type(backend)(backend.region_name, backend.account_id)) if count else count


def _count(backend: BaseBackend) -> Counter[str]:
    models = {id(model): model for value in vars(backend).values() for model in _models_in(value)}
    return Counter(type(model).__name__.removeprefix("Fake") for model in models.values() if _counts(model))


def _counts(model: Model) -> bool:
    """Return whether a model counts: not the sandbox's administrator, ended resources, and AWS' own resources."""
    name = getattr(model, "name", None)
    return (
        name != ADMINISTRATOR
        and type(model).__name__ not in _OF_PRINCIPALS
        and not any(getattr(model, attribute, None) in ended for attribute, ended in _ENDED.items())
        and not (isinstance(name, str) and name.startswith(("AWSServiceRoleFor", "default.")))
        and not any(alias.startswith("alias/aws/") for alias in getattr(model, "aliases", ()))
    )


def _models_in(value: Any, *, depth: int = 2) -> Iterator[Model]:
    if isinstance(value, Model):
        yield value
    elif depth and isinstance(value, list | tuple | Mapping):
        for member in _members(value):
            yield from _models_in(member, depth=depth - 1)


def _members(collection: Any) -> list[Any]:
    if isinstance(collection, dict):  # moto's subclasses of dict may return other values
        return list(dict.values(collection))
    return list(collection.values() if isinstance(collection, Mapping) else collection)
