"""References to versions of a dataset: tags, run records, online features, and constraints of other datasets."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from terrarium.datasets.constraints import References
from terrarium.datasets.versions import version_tags

if TYPE_CHECKING:
    from pyiceberg.table import Table

    from terrarium.datasets._discovery import DatasetSummary
    from terrarium.metadata import Database

__all__ = ["name_references", "version_references"]

# Any mention of a snapshot's id is a reference: splits, inputs, training sets, notes. Deleted runs can be restored, so
# they count until `terrarium gc` erases them. The run that wrote a version names it in the key of a tag, not a value.
_REFERENCES = """
    WITH texts (holder, text) AS (
        SELECT 'run ' || run_uuid, value FROM tags
        UNION ALL SELECT 'run ' || run_uuid, value FROM params
        UNION ALL SELECT 'run ' || inputs.destination_id, datasets.dataset_source FROM inputs
            JOIN datasets ON inputs.source_type = 'DATASET' AND inputs.source_id = datasets.dataset_uuid
        UNION ALL SELECT 'feature view ' || view, concat_ws(' ', snapshot_id, target_snapshot_id)
            FROM features.materializations
    )
    SELECT DISTINCT found[1], holder FROM texts, regexp_matches(text, '[0-9]+', 'g') AS found
    WHERE found[1] = ANY(%(ids)s) ORDER BY holder
"""


def version_references(
    database: "Database", datasets: "Iterable[DatasetSummary]", name: str, table: "Table"
) -> Mapping[int, tuple[str, ...]]:
    """Return snapshot -> descriptions of its references.

    Args:
        database: The metadata database.
        datasets: All datasets of the environment.
        name: Name of the dataset.
        table: The table of the dataset.
    """
    holds: dict[int, list[str]] = {snapshot.snapshot_id: [] for snapshot in table.snapshots()}
    for tag, tagged in version_tags(table).items():
        holds[tagged].append(f"tag {tag!r}")
    # Read from the writer: a replica might not have a run yet.
    with database.writer.connect() as connection:
        references = connection.exec_driver_sql(_REFERENCES, {"ids": [str(snapshot) for snapshot in holds]})
        for snapshot_id, holder in references:
            holds[int(snapshot_id)].append(holder)
    for other in datasets:
        for constraint in other.constraints:
            pinned = constraint.snapshot if isinstance(constraint, References) else None
            if isinstance(constraint, References) and constraint.dataset == name and pinned in holds:
                holds[pinned].append(f"a constraint of dataset {other.name!r}")
    return {snapshot: tuple(by) for snapshot, by in holds.items() if by}


def name_references(
    datasets: "Iterable[DatasetSummary]", views: "Iterable[str]", *, name: str
) -> tuple[str, ...]:
    """Return descriptions of the references to a dataset that do not name a version."""
    referring = (
        f"a constraint of dataset {other.name!r}"
        for other in datasets
        if any(
            isinstance(constraint, References) and constraint.dataset == name
            for constraint in other.constraints
        )
    )
    return (*referring, *(f"feature view {view!r}" for view in views))
