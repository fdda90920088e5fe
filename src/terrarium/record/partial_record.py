"""A record of which parts cannot be read: the others are kept."""

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
    """Return a run's record from its journal, as far as it can be read.

    A section that cannot be read is as it was when the run began, and the record says so in `failures`.

    Args:
        text: As the journal holds it.
        run_id: Whose.
        client: Of MLflow, for the record that was kept when the run began.

    Returns:
        The record, and the sections that cannot be read. None where nothing at all is known of the run.

    Raises:
        RecordTooNewError: A newer Terrarium wrote it.
    """
    try:
        return parse_record(text, source=f"the journal of run {run_id}"), ()
    except RecordUnreadableError:
        pass  # no JSON, no record, or a section of a wrong type
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
    spoilt = []
    for section in RunRecord.model_fields.keys() & stated.keys() - {"run", "version", "failures"}:
        try:
            RunRecord.model_validate_json(
                json.dumps({"run": run_id, "experiment": "", section: stated[section]})
            )
        except (ValidationError, UseCaseIncompleteError):
            spoilt.append(section)
        else:
            known[section] = stated[section]
    unreadable = dict.fromkeys(spoilt, "its journal could not be read after the process had died")
    known["failures"] = {**(begun.failures if begun else {}), **unreadable}
    known["version"] = RECORD_VERSION_WRITTEN
    return RunRecord.model_validate_json(json.dumps(known)), tuple(sorted(spoilt))
