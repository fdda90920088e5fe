"""`Features`: the class behind `lab.features`."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

from terrarium.arguments import Between, Count, checked_methods
from terrarium.features.definition import FeatureView
from terrarium.features.definition.registered_view import parse_view_name
from terrarium.features.errors import EntityRowsError, FeatureDataError
from terrarium.features.feature_request import FeatureRequest, parse_request
from terrarium.features.offline.batch_size import MEMORY_LIMIT
from terrarium.features.offline.view_source import current_source, existing_source
from terrarium.features.training.build_training_set import build_training_set, choose_join
from terrarium.features.training.run_record import pinned_versions, record_views, recorded_snapshots
from terrarium.tabular.arrow_table import arrow_table

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path

    from terrarium.connection import Connection
    from terrarium.features._freshness import Freshness
    from terrarium.features.definition.registered_view import RegisteredView
    from terrarium.features.online.materialization import Materialized
    from terrarium.features.online.progress_store import ProgressStore
    from terrarium.features.online.read_online import OnlineFeatures
    from terrarium.features.registry import ApplyResult, ViewRegistry
    from terrarium.features.skew import SkewReport
    from terrarium.features.training.build_training_set import Join
    from terrarium.features.training.training_set import TrainingSet
    from terrarium.warehouse import Warehouse

__all__ = ["Features"]


@checked_methods
class Features:
    """The features of one environment: `lab.features`.

    Args:
        manifest: The manifest of the environment.
        session: The AWS clients.
        database: The metadata database, which holds the definitions.
        warehouse: The tables.
    """

    def __init__(self, connection: "Connection", *, warehouse: "Warehouse") -> None:
        self._connection = connection
        self._warehouse = warehouse
        self._requests: dict[tuple[tuple[str, ...], bool], FeatureRequest] = {}

    def apply(self, *views: FeatureView) -> "list[ApplyResult]":
        """Register views: all of them, or none. `print` the results to see the changes.

        A source that exists must have the view's keys and times. The result names a source that does not exist, and
        feature columns that it lacks: `write` creates them.

        Applying a registered definition again changes nothing. A change that users of a view notice (source, key,
        time, ttl, type, transformation, or a feature removed or moved) creates a new version, and the old one stays;
        any other change creates a new revision.

        Raises:
            FeatureDefinitionError: Another view has an entity of the same name with another key. Or a source lacks a
                key or time of its view, or has a column of another type.
            SchemaMissingError: The database lacks the tables of features: run `terrarium migrate`.

        Example:
            >>> print(*lab.features.apply(usage))
            customer_usage: new, version 1
        """
        from terrarium.features.offline.source_check import check_source

        missing = {view.name: check_source(self._warehouse, view) for view in views}
        return [
            applied.model_copy(update={"missing": missing[applied.name]})
            for applied in self._registry.apply(*views)
        ]

    def drop(self, name: str, *, force: bool = False) -> None:
        """Delete all versions of a view. Its dataset stays; its online items stay until their ttl ends.

        A later view of the same name gets the next version, so that it never reads the online items of this one.

        Args:
            name: Name of the view.
            force: Whether to delete the view although runs have it on record. These runs cannot be reproduced then.

        Raises:
            FeatureNotFoundError: The view does not exist.
            FeatureViewHeldError: Runs have the view on record.
        """
        self._registry.drop(name, force=force)
        self._requests.clear()

    def get(self, name: str, version: int | None = None) -> "RegisteredView":
        """Return a view by name and version; without a version, the latest.

        Raises:
            FeatureNotFoundError: The view, or this version of it, does not exist.
        """
        return self._registry.get(name, version)

    def history(self, name: str) -> "list[RegisteredView]":
        """Return all versions and revisions of a view, newest first."""
        return self._registry.history(name)

    def search(
        self,
        text: str = "",
        *,
        entity: str | None = None,
        owner: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> "list[RegisteredView]":
        """Return the latest version of every view that meets all conditions, by name.

        Args:
            text: Part of the name or description of the view or of one of its features; case is ignored.
            entity: Name of one of its entities.
            owner: Owner of the view.
            tags: Tags that the view has, possibly among others.

        Example:
            >>> lab.features.search("minutes", owner="growth")
        """
        return self._registry.search(text, entity=entity, owner=owner, tags=tags or {})

    def write(self, view: str, data: Any) -> int:
        """Append rows to the table of a view in one commit, or refuse all of them.

        The first write creates the table; later ones add the columns of new features. Rows may arrive late: reads go
        by their event time. A missing created time is set to now.

        Args:
            view: Name of the view.
            data: Arrow, pandas, Polars, or a list of mappings, with exactly the view's columns.

        Returns:
            The id of the new snapshot.

        Raises:
            FeatureNotFoundError: The view does not exist.
            FeatureDataError: A column is missing, unknown, of another type, or null although it must not be; or a row
                is too large for DynamoDB.
            FeatureConstraintError: Rows violate constraints of the view.

        Example:
            >>> lab.features.write("customer_usage", frame)
        """
        from terrarium.features.offline.write_rows import write_rows

        return write_rows(self._warehouse, self.get(view).view, data)

    def training_set(
        self,
        entities: Any,
        features: Sequence[str],
        *,
        event_time: str = "event_time",
        full_names: bool = False,
        engine: Literal["local", "athena"] = "local",
        snapshots: Mapping[str, int | None] | None = None,
        memory_limit: int = MEMORY_LIMIT,
    ) -> "TrainingSet":
        """Return entity rows with the features that were known at the time of each row.

        A row gets the values of the newest row of the view whose event time is not after its own, and not longer ago
        than the view's ttl; if there is none, nulls. Of several with one event time, the one created last counts; of
        those, the greatest by its features in the order declared. Rows keep their order, and none is dropped. A null
        key matches nothing.

        The views and snapshots go on the record of the active run, or of runs that begin later in this process. In a
        process that `terrarium reproduce` started, views are read at the recorded versions and snapshots.

        Args:
            entities: Arrow, pandas, Polars, or a list of mappings: keys of the views, fields of on-demand features,
                event times, and other columns of the rows, such as labels.
            features: `view:feature`, `view@version:feature`, or `view:*`.
            event_time: The column of `entities` with the time of each row, with a time zone.
            full_names: Whether columns are named `view__feature`.
            engine: `local`; or `athena` for views that are too large for one machine. Both return the same values.
            snapshots: View with version -> snapshot, as `TrainingSet.snapshots`. Default: the latest snapshots.
            memory_limit: Bytes that may be used at a time, besides entities and result.

        Raises:
            FeatureNotFoundError: A view, version, feature or snapshot does not exist.
            FeatureDefinitionError: Two features would get the same column name.
            EntityRowsError: A column is missing, has the name of a feature or the wrong type, or times have no zone.
            FeatureDataError: The source lacks a column of its view, or has one of another type.
            TransformationError: An on-demand feature cannot be computed here.

        Example:
            >>> training = lab.features.training_set(events, ["customer_usage:minutes"])
        """
        made = self._training_set(
            entities,
            features,
            event_time=event_time,
            full_names=full_names,
            join=choose_join(engine, self._warehouse, memory_limit=memory_limit),
            snapshots=snapshots or {},
        )
        record_views(self._connection, made.views)
        return made

    def _training_set(
        self,
        entities: Any,
        features: Sequence[str],
        *,
        event_time: str = "event_time",
        full_names: bool = False,
        join: "Join",
        snapshots: Mapping[str, int | None],
    ) -> "TrainingSet":
        """Return a training set without adding it to a record."""
        recorded = self._recorded_snapshots
        return build_training_set(
            self._warehouse,
            entities,
            parse_request(features, pinned_versions(self.get, recorded), full_names=full_names),
            event_time=event_time,
            join=join,
            snapshots={**recorded, **snapshots},
        )

    def materialize(
        self, view: str, *, until: datetime | None = None, full: bool = False, progress: bool = True
    ) -> "Materialized":
        """Write the latest row of each entity to the online store.

        Only new files, late rows among them, and rows whose time has come since then are processed. An interrupted
        materialization is resumed, and several may run at the same time: a newer row is never replaced by an older
        one. Rows that were deleted offline stay online until their ttl ends. Rows that DynamoDB does not accept
        (400 KB an item, 2048 bytes a key) are skipped, and reported in the result.

        Args:
            view: Name of the view, or `name@version`.
            until: Rows of later event times are ignored. Default: now.
            full: Whether to process all rows; needed once after features were added to a view.
            progress: Whether to show a progress bar on a terminal or in a notebook.

        Raises:
            FeatureNotFoundError: The view, or its source, does not exist.
            FeatureDataError: `until` has no time zone; or the source lacks a column of the view.

        Example:
            >>> lab.features.materialize("customer_usage").written
        """
        from terrarium.features.online.materialization import Materialization
        from terrarium.features.online.progress_bar import entities_bar

        registered = self._named(view)
        with entities_bar(registered.name, shown=progress) as shown:
            return Materialization(
                registered,
                current_source(self._warehouse, registered.view),
                progress_store=self._progress_store,
                client=self._connection.session.client("dynamodb"),
                table=self._connection.manifest.features.online_table,
                shown=shown,
            ).run(_aware(until or datetime.now(UTC)), full=full)

    def online(self, entities: Any, features: Sequence[str], *, full_names: bool = False) -> "OnlineFeatures":
        """Return the current features of entities, in one request per 100 pairs of entity and view.

        Definitions are read on first use and then kept: connect again to see a new version of a view. A value is None
        if its row has outlived the view's ttl, or was never materialized.

        Args:
            entities: A list of mappings, or a table: keys of the views, and fields of on-demand features.
            features: `view:feature`, `view@version:feature`, or `view:*`.
            full_names: Whether columns are named `view__feature`.

        Raises:
            FeatureNotFoundError: A view, version or feature does not exist.
            FeatureDefinitionError: Two features would get the same column name.
            EntityRowsError: A key is missing, or has another type.
            OnlineThrottledError: Keys stayed unread in all attempts.

        Example:
            >>> lab.features.online([{"customer_id": 42}], ["customer_usage:minutes"]).to_dicts()
        """
        from terrarium.features.online.read_online import read_online

        requested = (tuple(features), full_names)
        if requested not in self._requests:
            self._requests[requested] = parse_request(features, self.get, full_names=full_names)
        return read_online(
            self._connection.session.client("dynamodb"),
            self._connection.manifest.features.online_table,
            entities,
            self._requests[requested],
        )

    def freshness(self, *views: str) -> "list[Freshness]":
        """Return the age of the newest row of each view, offline and online; without arguments, of all views."""
        from terrarium.features._freshness import freshness_of
        from terrarium.features.online.progress_store import ProgressStore

        requested = [self._named(view) for view in views] or self._registry.latest()
        progress_store = ProgressStore(self._connection.database.reader)
        now = datetime.now(UTC)
        return [
            freshness_of(
                registered.name,
                existing_source(self._warehouse, registered.view),
                progress_store.read(registered.name),
                now,
            )
            for registered in requested
        ]

    def skew(
        self,
        features: Sequence[str],
        *,
        entities: Any = None,
        sample: Count = 1_000,
        at: datetime | None = None,
        seed: Annotated[int, Between(0, 2**64 - 1)] = 0,
    ) -> "SkewReport":
        """Compare the offline and online features of the same entities.

        Args:
            features: As in `training_set`.
            entities: A list of mappings, or a table. Default: a random sample of the first view's entities.
            sample: The most entities of the sample.
            at: Time of the offline lookup. Default: now, so that rows not yet materialized show as differences.
            seed: Seed of the sample.

        Raises:
            FeatureDataError: No entity has a row that holds at that time.

        Example:
            >>> lab.features.skew(["customer_usage:minutes"]).different
        """
        from terrarium.features.skew import SkewReport, sample_entities

        request = parse_request(features, self.get, full_names=True)
        moment = _aware(at or datetime.now(UTC))
        if entities is None:
            source = current_source(self._warehouse, request.views[0].registered.view)
            rows = sample_entities(source, moment, sample, seed)
        else:
            rows = arrow_table(entities, error=EntityRowsError).to_pylist()
        timed = [{**row, "event_time": moment} for row in rows]
        join = choose_join("local", self._warehouse)
        offline = self._training_set(timed, features, full_names=True, join=join, snapshots={}).table
        online = self.online(rows, features, full_names=True)
        return SkewReport.of(moment, offline, online)

    def export_feast(self, folder: "str | PathLike[str]", *views: str, project: str = "terrarium") -> "Path":
        """Write definitions as a Feast repository: Athena offline, DynamoDB online.

        On-demand features are left out: Feast defines its own in another way.

        Args:
            folder: The folder to write to; it is created, and files of the same names are replaced.
            views: Names of views. Default: all views.
            project: Name of the Feast project.

        Returns:
            The folder.
        """
        from terrarium.features._feast import write_repository

        requested = [self._named(view) for view in views] or self._registry.latest()
        return write_repository(
            folder, [one.view for one in requested], project=project, manifest=self._connection.manifest
        )

    def _named(self, view: str) -> "RegisteredView":
        return self.get(*parse_view_name(view))

    @cached_property
    def _recorded_snapshots(self) -> dict[str, int | None]:
        return recorded_snapshots(self._connection)

    @cached_property
    def _progress_store(self) -> "ProgressStore":
        from terrarium.features.online.progress_store import ProgressStore

        return ProgressStore(self._connection.database.writer)

    @cached_property
    def _registry(self) -> "ViewRegistry":
        from terrarium.features.registry import ViewRegistry

        return ViewRegistry(self._connection.database)


def _aware(time: datetime) -> datetime:
    if time.tzinfo is None:
        raise FeatureDataError(f"{time} has no time zone", remedy="add it: datetime(..., tzinfo=UTC)")
    return time.astimezone(UTC)
