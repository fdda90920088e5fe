"""Feast's part of `benchmarks.features`. It runs in Feast's environment, on generated files and a table."""

import json
import os
import runpy
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

__all__: list[str] = []

sys.path.insert(0, str(Path(__file__).parents[1]))  # Terrarium is not installed here


def main(what: str, *arguments: str) -> None:
    """Run one operation, and print its result as JSON."""
    does: dict[str, Callable[..., Any]] = {
        "historical": _historical,
        "online": _online,
        "exported": _exported,
    }
    print(json.dumps(does[what](*arguments)))


def _historical(store_type: str, folder: str, out: str) -> dict[str, float]:
    """Join `entities.parquet` of a folder with its view files (`view0.parquet`, …)."""
    import pandas as pd

    from benchmarks.resource_use import ResourceUse

    online = {"type": "sqlite", "path": f"{out}/online.db"}
    features = _features_in(folder)
    store, _ = _store(Path(out), {"type": store_type}, online, folder, features)
    entities = pd.read_parquet(f"{folder}/entities.parquet")
    use = ResourceUse()
    frame = store.get_historical_features(
        entity_df=entities, features=[f"{view}:{name}" for view, names in features.items() for name in names]
    ).to_df()
    result = use.measure()
    frame.to_parquet(f"{out}/joined.parquet")
    return result


def _online(folder: str, endpoint: str, rounds: str) -> dict[str, list[float]]:
    """Read 50 entities of two views from DynamoDB, then again with replayed responses."""
    import pandas as pd

    settings = {"type": "dynamodb", "region": os.environ["AWS_REGION"], "endpoint_url": endpoint}
    features = {f"view{n}": [f"f{n}"] for n in range(2)}
    store, views = _store(Path(folder), {"type": "file"}, settings, folder, features)
    now = datetime.now(UTC)
    for number, view in enumerate(views):
        frame = pd.DataFrame({"customer_id": range(50), "event_time": now, "created_at": now})
        store.write_to_online_store(view.name, frame.assign(**{f"f{number}": [float(n) for n in range(50)]}))

    def read() -> None:
        rows = [{"customer_id": n} for n in range(50)]
        found = store.get_online_features(features=["view0:f0", "view1:f1"], entity_rows=rows).to_dict()
        assert found["f1"] == [float(n) for n in range(50)]

    from benchmarks.replayed import replayed

    read()
    emulated = _timed(read, int(rounds))
    with replayed():
        read()
        return {"emulated": emulated, "replayed": _timed(read, 10 * int(rounds))}


def _exported(folder: str) -> dict[str, list[str]]:
    """Load a Feast repository, and return the names of its objects."""
    from feast import FeatureView
    from feast.repo_config import load_repo_config

    load_repo_config(Path(folder), Path(folder) / "feature_store.yaml")
    found = runpy.run_path(f"{folder}/definitions.py")
    views = [value for value in found.values() if isinstance(value, FeatureView)]
    for view in views:
        view.ensure_valid()
    return {view.name: [field.name for field in view.schema] for view in views}


def _features_in(folder: str) -> dict[str, list[str]]:
    """Return the features by view."""
    import pyarrow.parquet as pq

    names = {path.stem: pq.read_schema(path).names for path in sorted(Path(folder).glob("view*.parquet"))}
    return {view: [name for name in columns if name.startswith("f")] for view, columns in names.items()}


def _store(
    folder: Path,
    offline: dict[str, str],
    online: dict[str, str],
    data: str,
    features: dict[str, list[str]],
) -> Any:
    from feast import Entity, FeatureStore, FeatureView, Field, FileSource, RepoConfig, ValueType
    from feast.types import Float64

    config = RepoConfig(
        project="bench",
        provider="local",
        registry=str(folder / "registry.db"),
        offline_store=offline,
        online_store=online,
        entity_key_serialization_version=3,
    )
    store = FeatureStore(config=config)
    customer = Entity(name="customer", join_keys=["customer_id"], value_type=ValueType.INT64)
    made = [
        FeatureView(
            name=view,
            entities=[customer],
            ttl=timedelta(days=365),
            schema=[Field(name=name, dtype=Float64) for name in names],
            source=FileSource(
                path=f"{data}/{view}.parquet",
                timestamp_field="event_time",
                created_timestamp_column="created_at",
            ),
        )
        for view, names in features.items()
    ]
    store.apply([customer, *made])
    return store, made


def _timed(read: Any, rounds: int) -> list[float]:
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        read()
        seconds.append(time.perf_counter() - start)
    return seconds


if __name__ == "__main__":
    os.environ["FEAST_USAGE"] = "False"
    main(*sys.argv[1:])
