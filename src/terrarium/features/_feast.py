"""Export of feature definitions as a Feast repository."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from os import PathLike
from pathlib import Path

from terrarium.features.definition.dtype import element_type
from terrarium.features.definition.entity import Entity
from terrarium.features.definition.feature_view import FeatureView
from terrarium.file_errors import explained_paths
from terrarium.manifest import PlatformManifest
from terrarium.warehouse.table_names import table_name

__all__ = ["write_repository"]

# https://docs.feast.dev/getting-started/concepts/feast-types
_TYPES = {
    "boolean": "Bool",
    "int": "Int32",
    "long": "Int64",
    "float": "Float32",
    "double": "Float64",
    "string": "String",
    "timestamptz": "UnixTimestamp",
}

_MICROSECOND = timedelta(microseconds=1)

_SETTINGS = """\
project: {project}
registry: registry.db
provider: aws
offline_store:
  type: athena
  region: {region}
  database: {database}
  data_source: AwsDataCatalog
  s3_staging_location: {staging}
  workgroup: {workgroup}
online_store:
  type: dynamodb
  region: {region}
entity_key_serialization_version: 3
"""

_IMPORTS = """\
from datetime import timedelta

from feast import Entity, FeatureView, Field, ValueType
from feast.infra.offline_stores.contrib.athena_offline_store.athena_source import AthenaSource
from feast.types import Array, Bool, Float32, Float64, Int32, Int64, String, UnixTimestamp  # noqa: F401
"""


def write_repository(
    folder: str | PathLike[str], views: Sequence[FeatureView], *, project: str, manifest: PlatformManifest
) -> Path:
    """Write `feature_store.yaml` and `definitions.py`; create the folder if it does not exist."""
    target = Path(folder)
    settings = _SETTINGS.format(
        project=project,
        region=manifest.region,
        database=manifest.features.catalog_database,
        staging=f"{manifest.features.warehouse}/feast",
        workgroup=manifest.features.workgroup,
    )
    definitions = _definitions(views, manifest.features.catalog_database)
    with explained_paths(f"write a Feast repository to {target}"):
        target.mkdir(parents=True, exist_ok=True)
        (target / "feature_store.yaml").write_text(settings, encoding="utf-8")
        (target / "definitions.py").write_text(definitions, encoding="utf-8")
    return target


def _definitions(views: Sequence[FeatureView], database: str) -> str:
    entities = {entity.name: entity for view in views for entity in view.entities}
    pieces = [_IMPORTS, *map(_entity, entities.values()), *(_view(view, database) for view in views)]
    return "\n".join(pieces)


def _entity(entity: Entity) -> str:
    kind = {"int": "INT32", "long": "INT64", "string": "STRING"}[entity.dtype]
    return (
        f"{entity.name}_entity = Entity(\n    name={entity.name!r},\n    join_keys=[{entity.key!r}],\n"
        f"    value_type=ValueType.{kind},\n    description={entity.description!r},\n)\n"
    )


def _view(view: FeatureView, database: str) -> str:
    entities = ", ".join(f"{entity.name}_entity" for entity in view.entities)
    # Feast reads a ttl of zero as no ttl.
    ttl = f"timedelta(microseconds={view.ttl // _MICROSECOND})" if view.ttl else "timedelta(0)"
    fields = "\n".join(f"        {field}" for field in _fields(view))
    return (
        f"{view.name} = FeatureView(\n    name={view.name!r},\n    entities=[{entities}],\n    ttl={ttl},\n"
        f"    schema=[\n{fields}\n    ],\n    source=AthenaSource(\n        name={view.source!r},\n"
        f"        table={table_name(view.source)!r},\n        database={database!r},\n"
        f'        data_source="AwsDataCatalog",\n        timestamp_field={view.event_time!r},\n'
        f"        created_timestamp_column={view.created_time or ''!r},\n    ),\n"
        f"    description={view.description!r},\n    owner={view.owner!r},\n    tags={view.tags!r},\n)\n"
    )


def _fields(view: FeatureView) -> Iterator[str]:
    for feature in view.features:
        element = element_type(feature.dtype)
        kind = _TYPES[feature.dtype] if element is None else f"Array({_TYPES[element]})"
        yield f"Field(name={feature.name!r}, dtype={kind}, description={feature.description!r}),"
