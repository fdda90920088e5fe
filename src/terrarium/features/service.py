"""`Features`: everything about the features of one environment."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

from terrarium.arguments import Between, Count, checked_methods
from terrarium.features.definition import FeatureView
from terrarium.features.definition.registered_view import parse_view_name
from terrarium.features.entity_rows import arrow_table
from terrarium.features.errors import FeatureDataError
from terrarium.features.feature_request import FeatureRequest, parse_request
from terrarium.features.offline.batch_size import MEMORY_LIMIT
from terrarium.features.offline.view_source import current_source, existing_source
from terrarium.features.training.build_training_set import build_training_set
from terrarium.features.training.local_engine import join_locally
from terrarium.features.training.run_record import pinned_versions, record_views, recorded_snapshots

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path

    from terrarium.aws import Session
    from terrarium.features.definition.registered_view import RegisteredView
    from terrarium.features.freshness import Freshness
    from terrarium.features.online.materialization import Materialized
    from terrarium.features.online.progress_store import ProgressStore
    from terrarium.features.online.read_online import OnlineFeatures
    from terrarium.features.registry import ApplyResult, ViewRegistry
    from terrarium.features.skew import SkewReport
    from terrarium.features.training.build_training_set import Join
    from terrarium.features.training.training_set import TrainingSet
    from terrarium.manifest import PlatformManifest
    from terrarium.metadata import Database
    from terrarium.warehouse import Warehouse

__all__ = ["Features"]


@checked_methods
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
        self._requests: dict[tuple[tuple[str, ...], bool], FeatureRequest] = {}

    def apply(self, *views: FeatureView) -> "list[ApplyResult]":
        """Register views; all of them, or none. `print` what is returned to see what came of it.

        A source that exists must have the view's keys and times. One that does not exist, and columns of features that
        it lacks, are named in the result: `write` makes them.

        What is registered already stays as it is. A change that users of a view would notice (another source, key,
        time, ttl, type, transformation, or a feature gone or moved) makes a new version, beside the old one; any
        other, a new revision.

        Raises:
            FeatureDefinitionError: Another view has an entity of the same name and another key; or a source lacks a
                key or time of its view, or has a column of another type.
            SchemaMissingError: The environment's database was migrated before there were features.
        """
        from terrarium.features.offline.source_check import check_source

        missing = {view.name: check_source(self._warehouse, view) for view in views}
        return [
            applied.model_copy(update={"missing": missing[applied.name]})
            for applied in self._registry.apply(*views)
        ]

    def drop(self, name: str, *, force: bool = False) -> None:
        """Delete all versions of a view. Its dataset stays; what is online of it stays until its ttl ends it.

        A view that is registered under the name later gets the next version, so that it never reads what is online of
        this one.

        Args:
            name: Name of the view.
            force: Whether to delete it although runs have it on record; they can then not be reproduced.

        Raises:
            FeatureNotFoundError: There is no such view.
            FeatureViewHeldError: Runs have it on record.
        """
        self._registry.drop(name, force=force)
        self._requests.clear()

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
        return self._registry.search(text, entity=entity, owner=owner, tags=tags or {})

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
            FeatureDataError: A column is missing, unknown, of another type, or null where it must not be; or a row is
                larger than DynamoDB takes.
            FeatureConstraintError: Values are not what the view promises.
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
        """Entity rows with what was known of their entities at the time of each: nothing from later.

        A row gets the values of the newest row of the view whose event time is not after its own, and not longer ago
        than the view's ttl; where there is none, nulls. Of several with one event time, the one created last counts;
        of those, the greatest by its features in the order declared. Rows stay in order; none is dropped. A null key
        matches nothing.

        The record of a run has the views and snapshots by itself, whether the training set is made within the run or
        earlier in its process. In a process that `terrarium reproduce` started, views are read as the reproduced run
        read them.

        Args:
            entities: Arrow, pandas, Polars, or a list of mappings: the views' keys, what on-demand features request,
                the event time, and whatever else belongs to the rows, such as labels.
            features: `view:feature`, `view@version:feature`, or `view:*`.
            event_time: The column of `entities` that says as of when; with a time zone.
            full_names: Whether columns are named `view__feature`.
            engine: `local`, or `athena` where the views are more than one machine should read; both mean the same.
            snapshots: View with version -> snapshot to read, as `TrainingSet.snapshots` tells; others, their latest.
            memory_limit: Bytes taken at a time beside entities and result.

        Raises:
            FeatureNotFoundError: There is no such view, version, feature or snapshot.
            FeatureDefinitionError: Two features would become one column.
            EntityRowsError: A column is missing, cannot be matched, has times without a zone, or the name of a feature.
            FeatureDataError: The source of a view is not what the view says.
            TransformationError: An on-demand feature cannot be computed here.
        """
        made = self._training_set(
            entities,
            features,
            event_time=event_time,
            full_names=full_names,
            join=self._join(engine, memory_limit),
            snapshots=snapshots or {},
        )
        if self._session.is_default:  # MLflow only knows the default session
            record_views(self._manifest.environment, made.views)
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
        """Make a training set without leaving it on any record."""
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
        """Bring the newest row about each entity online.

        Only what is new since the last time is looked at: files that were added, late rows among them, and rows whose
        time has come. Once interrupted, by whatever, it goes on where it was; several at a time do no harm. A row
        online is never overwritten by an older one. What was deleted offline stays online until its ttl ends it.
        Rows that DynamoDB does not take (400 KB an item, 2048 bytes a key) are skipped and named in the result; what
        was online of their entities stays.

        Args:
            view: Its name, or `name@version`.
            until: Rows of later event times are left for another time; omitted, now.
            full: Whether to look at all rows; needed once after features were added to a view.
            progress: Whether to show a progress bar on a terminal or in a notebook.

        Raises:
            FeatureNotFoundError: There is no such view, or nothing was written to its source yet.
            FeatureDataError: `until` has no time zone, or the source is not what the view says.
        """
        from terrarium.features.online.materialization import Materialization
        from terrarium.features.online.progress_bar import entities_bar

        registered = self._named(view)
        with entities_bar(registered.name, shown=progress) as shown:
            return Materialization(
                registered,
                current_source(self._warehouse, registered.view),
                progress_store=self._progress_store,
                client=self._session.client("dynamodb"),
                table=self._manifest.features.online_table,
                shown=shown,
            ).run(_aware(until or datetime.now(UTC)), full=full)

    def online(self, entities: Any, features: Sequence[str], *, full_names: bool = False) -> "OnlineFeatures":
        """Features as they are now; a request for every 100 pairs of entity and view.

        Views are looked up the first time that they are asked for, and taken to stay as they are: connect anew to see a
        new version. What has outlived its view's ttl is None, and so is what was never materialized.

        Args:
            entities: A list of mappings, or a table: the views' keys, and what on-demand features request.
            features: `view:feature`, `view@version:feature`, or `view:*`.
            full_names: Whether columns are named `view__feature`.

        Raises:
            FeatureNotFoundError: There is no such view, version or feature.
            FeatureDefinitionError: Two features would become one column.
            EntityRowsError: A key is missing, or of another type.
            OnlineThrottledError: The table kept answering only in part.
        """
        from terrarium.features.online.read_online import read_online

        asked = (tuple(features), full_names)
        if asked not in self._requests:
            self._requests[asked] = parse_request(features, self.get, full_names=full_names)
        return read_online(
            self._session.client("dynamodb"),
            self._manifest.features.online_table,
            entities,
            self._requests[asked],
        )

    def freshness(self, *views: str) -> "list[Freshness]":
        """How old the newest row of each view is, offline and online; omitted, of all views."""
        from terrarium.features.freshness import freshness_of
        from terrarium.features.online.progress_store import ProgressStore

        asked = [self._named(view) for view in views] or self._registry.latest()
        progress_store = ProgressStore(self._database.reader)
        now = datetime.now(UTC)
        return [
            freshness_of(
                registered.name,
                existing_source(self._warehouse, registered.view),
                progress_store.read(registered.name),
                now,
            )
            for registered in asked
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
        """Compare what training sees with what is served, for the same entities.

        Args:
            features: As in `training_set`.
            entities: Whom to compare: a list of mappings, or a table; omitted, a sample of the first view's.
            sample: How many, at most, where they are not given.
            at: As of when to look up offline; omitted, now, so that what was not materialized yet shows, too.
            seed: Of the sample.

        Raises:
            FeatureDataError: No entity has a row that holds at that time.
        """
        from terrarium.features.skew import SkewReport, compare_columns, sampled_entities

        request = parse_request(features, self.get, full_names=True)
        moment = _aware(at or datetime.now(UTC))
        if entities is None:
            view = request.views[0].registered.view
            rows = sampled_entities(current_source(self._warehouse, view), moment, sample, seed)
            if not rows:
                raise FeatureDataError(
                    f"feature view {view.name!r} has no rows that hold at {moment:%Y-%m-%d %H:%M:%S} UTC: there is "
                    f"nothing to compare (its ttl is {view.ttl or 'unlimited'})",
                    remedy="write newer rows, or compare as of a time at which rows held: skew(features, at=...)",
                )
        else:
            rows = arrow_table(entities).to_pylist()
        timed = [{**row, "event_time": moment} for row in rows]
        join = self._join("local", MEMORY_LIMIT)
        offline = self._training_set(timed, features, full_names=True, join=join, snapshots={}).table
        online = self.online(rows, features, full_names=True)
        return SkewReport(
            at=moment,
            features=tuple(
                compare_columns(name, online.dtypes[name], offline[name].to_pylist(), online.columns[name])
                for name in online.columns
            ),
        )

    def export_feast(self, folder: "str | PathLike[str]", *views: str, project: str = "terrarium") -> "Path":
        """Write definitions as a Feast repository: Athena offline, DynamoDB online.

        On-demand features are left out: Feast's are other functions.

        Args:
            folder: Is made; files in it that have the same names are replaced.
            views: Which; omitted, all.
            project: Feast's name for it.

        Returns:
            The folder.
        """
        from terrarium.features.feast import write_repository

        asked = [self._named(view) for view in views] or self._registry.latest()
        return write_repository(folder, [one.view for one in asked], project=project, manifest=self._manifest)

    def _join(self, engine: Literal["local", "athena"], memory_limit: int) -> "Join":
        if engine == "local":
            return partial(join_locally, memory_limit=memory_limit)
        from terrarium.features.training.athena_engine import join_on_athena

        return partial(join_on_athena, self._warehouse)

    def _named(self, view: str) -> "RegisteredView":
        return self.get(*parse_view_name(view))

    @cached_property
    def _recorded_snapshots(self) -> dict[str, int | None]:
        return recorded_snapshots(self._manifest.environment)

    @cached_property
    def _progress_store(self) -> "ProgressStore":
        from terrarium.features.online.progress_store import ProgressStore

        return ProgressStore(self._database.writer)

    @cached_property
    def _registry(self) -> "ViewRegistry":
        from terrarium.features.registry import ViewRegistry

        return ViewRegistry(self._database)


def _aware(time: datetime) -> datetime:
    if time.tzinfo is None:
        raise FeatureDataError(f"{time} has no time zone", remedy="say which: datetime(..., tzinfo=UTC)")
    return time.astimezone(UTC)
