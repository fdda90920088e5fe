"""Record of a running run, which grows section by section."""

import logging
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError

from terrarium.capture import Captured
from terrarium.experiments.errors import ValueRefusedError
from terrarium.journal.journaled_run import write_record_text
from terrarium.record import Evaluation, Hyperparameters, Part, RunRecord, Seeds, UseCase

__all__ = ["Draft"]

_log = logging.getLogger(__name__)


class Draft:
    """The record so far. Each change is written to the journal, where a replay finds it if the run is killed.

    Args:
        record: The initial record.
        folder: Folder of the process in the journal; None if the disk cannot be written.
    """

    def __init__(self, record: RunRecord, folder: Path | None) -> None:
        self.record = record
        self._folder = folder
        self._full = False  # the disk has refused the record
        self._mutex = threading.Lock()
        self.state()

    @classmethod
    def begin(
        cls,
        captured: Captured,
        *,
        run: str,
        experiment: str,
        parent: str | None,
        use_case: UseCase | None,
        folder: Path | None,
    ) -> Self:
        """Return the record at the begin of a run."""
        record = RunRecord(
            run=run,
            experiment=experiment,
            parent=parent,
            use_case=use_case,
            code=captured.code,
            environment=captured.environment,
            infrastructure=captured.infrastructure,
            seeds=captured.seeds,
            failures=captured.failures,
        )
        return cls(record, folder)

    def state(self, **sections: Any) -> RunRecord:
        """Add or replace sections.

        Raises:
            ValueRefusedError: A section could not be written, or not be read again; nothing is kept of it.
        """
        with self._mutex:
            record = self.record.model_copy(update=sections)
            text = _written(record, sections)
            self.record = record
            if self._folder is not None and not self._full:
                try:
                    write_record_text(self._folder, text)
                except OSError as error:
                    self._full = True
                    _log.warning(
                        "the record of run %s is no longer written to %s: %s\n"
                        "  -> it is complete when the run ends, unless the process is killed",
                        record.run,
                        self._folder,
                        error,
                    )
        return self.record

    @property
    def evaluation(self) -> Evaluation:
        """As far as it is stated."""
        return self.record.evaluation or Evaluation()

    @property
    def hyperparameters(self) -> Hyperparameters:
        """As far as they are stated."""
        return self.record.hyperparameters or Hyperparameters()

    def add_features(self, parts: Iterable[Part]) -> None:
        """Add the sources of features. A view may appear with several snapshots."""
        known = self.record.features
        self.state(features=(*known, *(part for part in dict.fromkeys(parts) if part not in known)))

    def state_seed(self, name: str, seed: int | None) -> None:
        """Add a stated seed, if there is one."""
        if seed is not None:
            known = self.record.seeds or Seeds()
            self.state(seeds=known.model_copy(update={"given": {**known.given, name: seed}}))

    def inherit(self, parent: RunRecord) -> None:
        """Copy the sections that hold for a nested run, too, from its parent."""
        validation = parent.evaluation.validation if parent.evaluation else None
        self.state(
            architecture=parent.architecture,
            splits=parent.splits,
            features=parent.features,
            evaluation=Evaluation(validation=validation) if validation else None,
        )
        if parent.seeds:
            for name, seed in parent.seeds.given.items():
                if self.record.seeds is None or name not in self.record.seeds.given:
                    self.state_seed(name, seed)


def _written(record: RunRecord, sections: Mapping[str, Any]) -> str:
    """Return the record as text, if it can be read again: one section of a wrong type would spoil all of it."""
    try:
        RunRecord.model_validate({"run": record.run, "experiment": record.experiment, **sections})
        return record.model_dump_json(warnings="error")
    except (ValidationError, ValueError) as error:  # lone surrogates and the like: not text in UTF-8
        raise ValueRefusedError(
            f"{', '.join(sections) or 'the record'} cannot be kept on record: {error}",
            remedy="state it by Terrarium's own types, in text that UTF-8 can encode: see docs/guides/record.md",
        ) from error
