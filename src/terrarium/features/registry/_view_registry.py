"""`ViewRegistry`: registered views by name and version."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from terrarium.features.definition.feature_view import FeatureView
from terrarium.features.definition.on_demand import OnDemandFeature
from terrarium.features.definition.registered_view import RegisteredView
from terrarium.features.definition.view_changes import compatible_changes, incompatible_changes
from terrarium.features.errors import FeatureDefinitionError, FeatureNotFoundError
from terrarium.features.registry._apply_result import ApplyResult
from terrarium.features.registry._deletion import delete_view, latest_deleted_version
from terrarium.metadata.advisory_lock import advisory_lock
from terrarium.metadata.features_schema import check_features_schema

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from terrarium.metadata import Database

__all__ = ["ViewRegistry"]

_COLUMNS = "definition, version, revision, applied_at"
_LATEST = (
    f"SELECT DISTINCT ON (name) {_COLUMNS} FROM features.views ORDER BY name, version DESC, revision DESC"  # noqa: S608 - constants
)
_OF_VIEW = f"SELECT {_COLUMNS} FROM features.views WHERE name = %(name)s"  # noqa: S608 - constants
_LOCK = "features.views"
_NEWEST_FIRST = "ORDER BY version DESC, revision DESC"


class ViewRegistry:
    """The registered views of one environment.

    Args:
        database: The metadata database.
    """

    def __init__(self, database: "Database") -> None:
        self._database = database
        # On-demand functions of this process; those of a notebook cannot be imported.
        self._on_demand: dict[str, OnDemandFeature] = {}

    def apply(self, *views: FeatureView) -> list[ApplyResult]:
        """Register views: all of them, or none.

        Applying a registered definition again changes nothing. A change that users of a view notice creates a new
        version, any other a new revision of the same version. Registered definitions never change.

        Raises:
            FeatureDefinitionError: Another view has an entity of the same name and another key.
        """
        # Version numbers are counted: only one process at a time may apply.
        with advisory_lock(self._writer, _LOCK) as connection:
            applied = [_apply(connection, view) for view in views]
        self._on_demand |= {feature.digest: feature for view in views for feature in view.on_demand}
        return applied

    def drop(self, name: str, *, force: bool) -> None:
        """Delete all versions of a view.

        Raises:
            FeatureNotFoundError: The view does not exist.
            FeatureViewHeldError: Runs have the view on record, and `force` is false.
        """
        with advisory_lock(self._writer, _LOCK) as connection:
            delete_view(connection, name, force=force)

    def get(self, name: str, version: int | None = None) -> RegisteredView:
        """Return a view by name.

        Args:
            name: Name of the view.
            version: Default: the latest version.

        Raises:
            FeatureNotFoundError: The view, or this version of it, does not exist.
        """
        with self._reader.connect() as connection:
            found = _views(connection, f"{_OF_VIEW} {_NEWEST_FIRST}", name=name)
            names = [] if found else [view.view.name for view in _views(connection, _LATEST)]
        if not found:
            raise FeatureNotFoundError(
                f"there is no feature view {name!r}",
                remedy=f"registered views: {', '.join(names)}"
                if names
                else "register it: lab.features.apply(view)",
            )
        chosen = next((view for view in found if version in (None, view.version)), None)
        if chosen is None:
            raise FeatureNotFoundError(
                f"feature view {name!r} has no version {version}",
                remedy=f"its latest version is {found[0].version}",
            )
        return self._with_functions(chosen)

    def history(self, name: str) -> list[RegisteredView]:
        """Return all versions and revisions of a view, newest first; empty if the view does not exist."""
        with self._reader.connect() as connection:
            return _views(connection, f"{_OF_VIEW} {_NEWEST_FIRST}", name=name)

    def latest(self) -> list[RegisteredView]:
        """Return the latest version of every view, by name."""
        with self._reader.connect() as connection:
            return [self._with_functions(view) for view in _views(connection, _LATEST)]

    def search(
        self, text: str, *, entity: str | None, owner: str | None, tags: Mapping[str, str]
    ) -> list[RegisteredView]:
        """Return the latest version of every view that meets all conditions, by name; see `Features.search`."""
        return [
            registered
            for registered in self.latest()
            if _matches(registered.view, text, entity=entity, owner=owner, tags=tags)
        ]

    @cached_property
    def _writer(self) -> "Engine":
        engine = self._database.writer
        check_features_schema(engine, self._database.environment)
        return engine

    @cached_property
    def _reader(self) -> "Engine":
        engine = self._database.reader
        check_features_schema(engine, self._database.environment)
        return engine

    def _with_functions(self, registered: RegisteredView) -> RegisteredView:
        view = registered.view
        if not view.on_demand:
            return registered
        features = tuple(self._on_demand.get(feature.digest, feature) for feature in view.on_demand)
        return registered.model_copy(update={"view": view.model_copy(update={"on_demand": features})})


def _apply(connection: "Connection", view: FeatureView) -> ApplyResult:
    _refuse_other_keys(view, [registered.view for registered in _views(connection, _LATEST)])
    before = next(iter(_views(connection, f"{_OF_VIEW} {_NEWEST_FIRST} LIMIT 1", name=view.name)), None)
    applied = _applied(before, view, deleted=0 if before else latest_deleted_version(connection, view.name))
    if applied.change != "none":
        connection.exec_driver_sql(
            "INSERT INTO features.views (name, version, revision, definition) VALUES (%s, %s, %s, %s::jsonb)",
            (applied.name, applied.version, applied.revision, view.model_dump_json()),
        )
    return applied


def _applied(before: RegisteredView | None, view: FeatureView, *, deleted: int) -> ApplyResult:
    if before is None:
        return ApplyResult(name=view.name, version=deleted + 1, revision=1, change="new")
    version, revision = before.version, before.revision
    incompatible = incompatible_changes(before.view, view)
    if incompatible:
        return ApplyResult(
            name=view.name,
            version=version + 1,
            revision=1,
            change="incompatible",
            details=tuple(incompatible),
        )
    compatible = compatible_changes(before.view, view)
    if compatible:
        return ApplyResult(
            name=view.name,
            version=version,
            revision=revision + 1,
            change="compatible",
            details=tuple(compatible),
        )
    return ApplyResult(name=view.name, version=version, revision=revision, change="none")


def _refuse_other_keys(view: FeatureView, others: list[FeatureView]) -> None:
    for other in others:
        for entity in other.entities if other.name != view.name else ():
            same = next((own for own in view.entities if own.name == entity.name), entity)
            if (same.key, same.dtype) != (entity.key, entity.dtype):
                raise FeatureDefinitionError(
                    f"entity {entity.name!r} has key {same.key} ({same.dtype}) in view {view.name!r}, and "
                    f"{entity.key} ({entity.dtype}) in view {other.name!r}",
                    remedy="an entity has one key: import its definition from one place, or rename the other entity",
                )


def _matches(
    view: FeatureView, text: str, *, entity: str | None, owner: str | None, tags: Mapping[str, str]
) -> bool:
    """Return whether a view meets all conditions. A condition that is None or empty always holds."""
    described = [f"{one.name} {one.description}".lower() for one in (view, *view.columns)]
    return (
        any(text.lower() in one for one in described)
        and (entity is None or entity in {one.name for one in view.entities})
        and owner in (None, view.owner)
        and tags.items() <= view.tags.items()
    )


def _views(connection: "Connection", statement: str, **parameters: str) -> list[RegisteredView]:
    rows = connection.exec_driver_sql(statement, parameters)
    return [
        RegisteredView(
            view=FeatureView.model_validate(definition),
            version=version,
            revision=revision,
            applied_at=applied_at,
        )
        for definition, version, revision, applied_at in rows
    ]
