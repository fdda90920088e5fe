"""The parts of the data as MLflow has them: dataset inputs of a run, which its UI shows and its search finds."""

import json
from typing import TYPE_CHECKING

from terrarium.record.sections import Part, Splits

if TYPE_CHECKING:
    from mlflow.entities import DatasetInput

__all__ = ["dataset_inputs", "version_input"]

_LONGEST_DIGEST = 36  # characters


def dataset_inputs(splits: Splits) -> "list[DatasetInput]":
    """One per part; its name is the dataset's, its context the part's."""
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
    """A version of a dataset as a whole; the snapshot is its digest."""
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
    # MLflow takes two inputs of one name and digest for the same: a snapshot has several parts.
    if part.digest is not None:
        return part.digest.removeprefix("sha256:")[:_LONGEST_DIGEST]
    return f"{part.snapshot_id or 'unpinned'}:{part.name}"[:_LONGEST_DIGEST]
