"""`Features`: everything about the features of one environment."""

from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from terrarium.features.definition import FeatureView
from terrarium.features.training.building import build_training_set
from terrarium.features.training.local_engine import MEMORY_LIMIT, join_locally
from terrarium.features.training.reference import parse_request

if TYPE_CHECKING:
    from terrarium.aws import Session
    from terrarium.features.definition.registered import RegisteredView
    from terrarium.features.registry import Applied, Registry
    from terrarium.features.training.training_set import TrainingSet
    from terrarium.manifest import PlatformManifest
    from terrarium.metadata import Database
    from terrarium.warehouse import Warehouse

__all__ = ["Features"]


class Features:
    """The features of one environment: `lab.features`.

    Args:
        manifest: What the environment exposes.
        session: The AWS clients.
        database: Where definitions are.
        warehouse: Where tables are.
    """

    def __init__(
        self,
        manifest: "PlatformManifest",
        *,
        session: "Session",
        database: "Database",
        warehouse: "Warehouse",
    ) -> None:
        self._manifest = manifest
        self._session = session
        self._database = database
        self._warehouse = warehouse

    def apply(self, *views: FeatureView) -> "list[Applied]":
        """Register views; all of them, or none. `print` what is returned to see what came of it.

        What is registered already stays as it is. A change that users of a view would notice (another source, key,
        time, ttl, type, transformation, or a feature gone or moved) makes a new version, beside the old one; any
        other, a new revision.

        Raises:
            FeatureDefinitionError: Another view has an entity of the same name and another key.
            SchemaMissingError: The environment's database was migrated before there were features.
        """
        return self._registry.apply(*views)

    def get(self, name: str, version: int | None = None) -> "RegisteredView":
        """A view by name and version; omitted, the latest.

        Raises:
            FeatureNotFoundError: There is no such view or version.
        """
        return self._registry.get(name, version)

    def history(self, name: str) -> "list[RegisteredView]":
        """Every version and revision of a view, newest first."""
        return self._registry.history(name)

    def search(
        self,
        text: str = "",
        *,
        entity: str | None = None,
        owner: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> "list[RegisteredView]":
        """The latest version of every view that meets all conditions, by name.

        Args:
            text: Stands in the name or description of the view or of one of its features; in any case.
            entity: Is one of its entities.
            owner: Is its owner.
            tags: Are among its tags.
        """
        from terrarium.features.registry.search import matches

        return [
            registered
            for registered in self._registry.latest()
            if matches(registered.view, text, entity=entity, owner=owner, tags=tags or {})
        ]

    def write(self, view: str, data: Any) -> int:
        """Append rows to the table of a view, in one commit, or refuse them all.

        The table is made when it is first written to, and gets the columns that the view has gained. Rows may come
        late: it is their event time that counts. A created time that the data lacks is now.

        Args:
            view: Its name.
            data: Arrow, pandas, Polars, or a list of mappings; with the view's columns, and no others.

        Returns:
            The id of the snapshot that holds them.

        Raises:
            FeatureNotFoundError: There is no such view.
            FeatureDataError: A column is missing, unknown, of another type, or null where it must not be.
            ConstraintViolatedError: Values are not what the view promises.
        """
        from terrarium.features.offline.write import write_rows

        return write_rows(self._warehouse, self.get(view).view, data)

    def training_set(
        self,
        entities: Any,
        features: Sequence[str],
        *,
        event_time: str = "event_time",
        full_names: bool = False,
        snapshots: Mapping[str, int | None] | None = None,
        memory_limit: int = MEMORY_LIMIT,
    ) -> "TrainingSet":
        """Entity rows with what was known of their entities at the time of each: nothing from later.

        A row gets the values of the newest row of the view whose event time is not after its own, and not longer ago
        than the view's ttl; where there is none, nulls. Of several with one event time, the one created last counts;
        of those, the greatest by its features in the order declared. Rows stay in order; none is dropped. A null key
        matches nothing.

        Args:
            entities: Arrow, pandas, Polars, or a list of mappings: the views' keys, what on-demand features request,
                the event time, and whatever else belongs to the rows, such as labels.
            features: `view:feature`, `view@version:feature`, or `view:*`.
            event_time: The column of `entities` that says as of when; with a time zone.
            full_names: Whether columns are named `view__feature`.
            snapshots: View with version -> snapshot to read, as `TrainingSet.snapshots` tells; others, their latest.
            memory_limit: Bytes taken at a time beside entities and result.

        Raises:
            FeatureNotFoundError: There is no such view, version, feature or snapshot.
            FeatureDefinitionError: Two features would become one column.
            EntityRowsError: A column is missing, cannot be matched, has times without a zone, or the name of a feature.
            FeatureDataError: The source of a view is not what the view says.
            TransformationError: An on-demand feature cannot be computed here.
        """
        return build_training_set(
            self._warehouse,
            entities,
            parse_request(features, self.get, full_names=full_names),
            event_time=event_time,
            join=partial(join_locally, memory_limit=memory_limit),
            snapshots=snapshots,
        )

    @cached_property
    def _registry(self) -> "Registry":
        from terrarium.features.registry import Registry

        return Registry(self._database)
