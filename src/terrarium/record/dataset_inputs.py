"""The parts of the data as MLflow has them: dataset inputs of a run, which its UI shows and its search finds."""

import json
from typing import TYPE_CHECKING

from terrarium.record.sections import Part, Splits

if TYPE_CHECKING:
    from mlflow.entities import DatasetInput

__all__ = ["dataset_inputs"]

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


def _digest(part: Part) -> str:
    # MLflow takes two inputs of one name and digest for the same: a snapshot has several parts.
    if part.digest is not None:
        return part.digest.removeprefix("sha256:")[:_LONGEST_DIGEST]
    return f"{part.snapshot_id or 'unpinned'}:{part.name}"[:_LONGEST_DIGEST]
