"""Data files that are written before anything refers to them: what is refused leaves the dataset as it was."""

import itertools
import logging
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from terrarium.datasets.layout import sorted_portion
from terrarium.datasets.writing.batching import portions

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.io import FileIO
    from pyiceberg.manifest import DataFile
    from pyiceberg.table import Transaction

    from terrarium.datasets.constraints.checking import Checking
    from terrarium.datasets.writing.source import Source

__all__ = ["Staging", "delete_files"]

_log = logging.getLogger(__name__)


class Staging:
    """Writes the data files of one transaction.

    Args:
        transaction: Says where they go, and by which schema, partitioning and order.
        io: Puts them there.
    """

    def __init__(self, transaction: "Transaction", io: "FileIO") -> None:
        self._transaction = transaction
        self._io = io
        self._numbers = itertools.count()
        self._id = uuid.uuid4()
        self.files: list[DataFile] = []

    def stage(self, source: "Source", checking: "Checking | None" = None) -> None:
        """Check and write rows, portion by portion; after the first broken row they are checked only."""
        for portion in portions(source.batches(), source.schema):
            if checking is not None:
                checking.see(portion)
            if checking is None or not checking.broken:
                self.stage_portion(portion)

    def stage_portion(self, portion: "pa.Table") -> None:
        """Write rows, as one file, or one per partition."""
        # PyIceberg's only way to stream: its append() of a reader takes all batches into memory at once, since it maps
        # them over threads eagerly, and refuses partitioned tables; its add_files() leaves field ids out.
        from pyiceberg.io.pyarrow import _dataframe_to_data_files

        if not portion.num_rows:
            return
        metadata = self._transaction.table_metadata
        order = metadata.sort_order_by_id(metadata.default_sort_order_id)
        ordered = sorted_portion(portion, order, metadata.schema()) if order else portion
        self.files += _dataframe_to_data_files(
            table_metadata=metadata, df=ordered, io=self._io, write_uuid=self._id, counter=self._numbers
        )

    def discard(self) -> None:
        """Delete what was written; only where it is certain that no snapshot refers to it."""
        delete_files(self._io, [file.file_path for file in self.files])
        self.files = []


def delete_files(io: "FileIO", paths: Iterable[str]) -> None:
    """Delete files that nothing refers to; what cannot be deleted is left behind, and logged."""
    for path in paths:
        try:
            io.delete(path)
        except Exception as error:  # noqa: BLE001 - it costs storage, and nothing else
            _log.warning("%s is left behind, and nothing refers to it: %s", path, error)
