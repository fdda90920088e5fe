"""Parts of the data as MLflow's dataset inputs, which MLflow's UI shows and its search finds."""

import json
from typing import TYPE_CHECKING

from terrarium.record.sections import Part, Splits

if TYPE_CHECKING:
    from mlflow.entities import DatasetInput

__all__ = ["dataset_inputs", "version_input"]

_LONGEST_DIGEST = 36  # characters


def dataset_inputs(splits: Splits) -> "list[DatasetInput]":
    """Return one input per part, with the name of the dataset and the part's name as context."""
    from mlflow.entities import Dataset, DatasetInput, InputTag
    from mlflow.utils.mlflow_tags import MLFLOW_DATASET_CONTEXT

    return [
        DatasetInput(
            Dataset(
                name=part.dataset,
                digest=_digest(part),
                source_type="terrarium",
                source=json.dumps({"uri": part.source or part.dataset, "snapshot_id": part.snapshot_id}),
                profile=json.dumps({"rows": part.rows, "predicate": part.predicate}),
            ),
            tags=[InputTag(MLFLOW_DATASET_CONTEXT, part.name)],
        )
        for part in splits.parts
    ]


def version_input(dataset: str, snapshot_id: int | None, *, source: str, context: str) -> "DatasetInput":
    """Return the input for a whole version of a dataset, with the snapshot id as digest."""
    from mlflow.entities import Dataset, DatasetInput, InputTag
    from mlflow.utils.mlflow_tags import MLFLOW_DATASET_CONTEXT

    return DatasetInput(
        Dataset(
            name=dataset,
            digest=str(snapshot_id or "unpinned"),
            source_type="terrarium",
            source=json.dumps({"uri": source, "snapshot_id": snapshot_id}),
        ),
        tags=[InputTag(MLFLOW_DATASET_CONTEXT, context)],
    )


def _digest(part: Part) -> str:
    # MLflow merges inputs with equal names and digests. Several parts can have the same snapshot.
    if part.digest is not None:
        return part.digest.removeprefix("sha256:")[:_LONGEST_DIGEST]
    return f"{part.snapshot_id or 'unpinned'}:{part.name}"[:_LONGEST_DIGEST]
