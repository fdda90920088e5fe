"""Reader of damaged records. It keeps the sections that are readable."""

import json
from typing import TYPE_CHECKING

from pydantic import ValidationError

from terrarium.json_document import JsonUnreadableError, read_json
from terrarium.record.errors import RecordMissingError, RecordUnreadableError, UseCaseIncompleteError
from terrarium.record.run_record import RECORD_VERSION_WRITTEN, RunRecord
from terrarium.record.storage import parse_record, read_record

if TYPE_CHECKING:
    from mlflow import MlflowClient

__all__ = ["read_partial_record"]


def read_partial_record(
    text: str, run_id: str, client: "MlflowClient"
) -> tuple[RunRecord | None, tuple[str, ...]]:
    """Return a run's record from the text in its journal, as far as it is readable.

    An unreadable section has its value from the start of the run, and `failures` states that.

    Args:
        text: The record in the journal.
        run_id: The id of the run.
        client: MLflow's client, which reads the record that was written when the run started.

    Returns:
        The record and the names of the unreadable sections. The record is None if nothing is known about the run.

    Raises:
        RecordTooNewError: A newer version of Terrarium wrote the record.
    """
    try:
        return parse_record(text, source=f"the journal of run {run_id}"), ()
    except RecordUnreadableError:
        pass  # invalid JSON, not a record, or a section of the wrong type
    try:
        begun = read_record(client, run_id)
    except (RecordMissingError, RecordUnreadableError):
        begun = None
    try:
        stated = read_json(text)
    except JsonUnreadableError:
        stated = None
    if not isinstance(stated, dict):
        return begun, ("all of it",)
    return _by_section(stated, run_id, begun)


def _by_section(
    stated: dict[str, object], run_id: str, begun: RunRecord | None
) -> tuple[RunRecord, tuple[str, ...]]:
    known: dict[str, object] = {"run": run_id, "experiment": str(stated.get("experiment", ""))}
    if begun is not None:
        known = json.loads(begun.model_dump_json())
    damaged = []
    for section in RunRecord.model_fields.keys() & stated.keys() - {"run", "version", "failures"}:
        try:
            RunRecord.model_validate_json(
                json.dumps({"run": run_id, "experiment": "", section: stated[section]})
            )
        except (ValidationError, UseCaseIncompleteError):
            damaged.append(section)
        else:
            known[section] = stated[section]
    unreadable = dict.fromkeys(damaged, "its journal was unreadable after the process ended unexpectedly")
    known["failures"] = {**(begun.failures if begun else {}), **unreadable}
    known["version"] = RECORD_VERSION_WRITTEN
    return RunRecord.model_validate_json(json.dumps(known)), tuple(sorted(damaged))
