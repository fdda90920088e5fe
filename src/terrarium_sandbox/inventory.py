"""What the sandbox holds: moto's models, counted."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, cast

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.common_models import BaseModel as Model
from moto.rds.models import rds_backends

from terrarium_sandbox.accounts import ADMINISTRATOR
from terrarium_sandbox.status import AccountInventory, Database

__all__ = ["list_accounts", "list_databases"]

# What services keep for a while after its end, for those who ask what became of it.
_ENDED: Mapping[str, tuple[str, ...]] = {
    "key_state": ("PendingDeletion",),
    "state": ("deleted",),
    "status": ("INACTIVE",),
}
# Keys and sessions: nobody deploys or deletes them.
_OF_PRINCIPALS = {"AccessKey", "AssumedRole"}


def list_accounts() -> list[AccountInventory]:
    """The accounts that hold something, or whose administrator exists."""
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
    """The clusters of every account and region."""
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
    """A new backend has default networks, images and so on; they are not counted."""
    count = _count(backend)
    return count - _count(type(backend)(backend.region_name, backend.account_id)) if count else count


def _count(backend: BaseBackend) -> Counter[str]:
    models = {id(model): model for value in vars(backend).values() for model in _models_in(value)}
    return Counter(type(model).__name__.removeprefix("Fake") for model in models.values() if _counts(model))


def _counts(model: Model) -> bool:
    """Not the administrator, who is the sandbox's own, and nothing that has ended or that AWS makes by itself."""
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
    if isinstance(collection, dict):  # moto's own kinds of dict may give out something else
        return list(dict.values(collection))
    return list(collection.values() if isinstance(collection, Mapping) else collection)
