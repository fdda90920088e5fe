"""Staging: data files are written before any snapshot refers to them, so that a refused write changes nothing."""

import itertools
import logging
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from terrarium.datasets.layout import sort_chunk
from terrarium.datasets.writing.chunks import chunks

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.io import FileIO
    from pyiceberg.manifest import DataFile
    from pyiceberg.table import Transaction

    from terrarium.datasets.constraints.constraint_checker import ConstraintChecker
    from terrarium.datasets.writing.row_source import RowSource

__all__ = ["Staging", "delete_files"]

_log = logging.getLogger(__name__)


class Staging:
    """Writes the data files of one transaction.

    Args:
        transaction: The transaction, with location, schema, partitioning and sort order of the files.
        io: The file system.
    """

    def __init__(self, transaction: "Transaction", io: "FileIO") -> None:
        self._transaction = transaction
        self._io = io
        self._numbers = itertools.count()
        self._id = uuid.uuid4()
        self.files: list[DataFile] = []

    def stage(self, source: "RowSource", checker: "ConstraintChecker | None" = None) -> None:
        """Check and write rows, chunk by chunk; after the first violation, only check."""
        for chunk in chunks(source.batches(), source.schema):
            if checker is not None:
                checker.add(chunk)
            if checker is None or not checker.broken:
                self.stage_chunk(chunk)

    def stage_chunk(self, chunk: "pa.Table") -> None:
        """Write one chunk, as one file, or one file per partition."""
        # The only way to stream with PyIceberg: append() of a reader holds all batches in memory, because it maps them
        # over threads eagerly, and refuses partitioned tables; add_files() writes no field ids.
        from pyiceberg.io.pyarrow import _dataframe_to_data_files

        if not chunk.num_rows:
            return
        metadata = self._transaction.table_metadata
        order = metadata.sort_order_by_id(metadata.default_sort_order_id)
        ordered = sort_chunk(chunk, order, metadata.schema()) if order else chunk
        self.files += _dataframe_to_data_files(
            table_metadata=metadata, df=ordered, io=self._io, write_uuid=self._id, counter=self._numbers
        )

    def discard(self) -> None:
        """Delete the written files; only call this if no snapshot refers to them."""
        delete_files(self._io, [file.file_path for file in self.files])
        self.files = []


def delete_files(io: "FileIO", paths: Iterable[str]) -> None:
    """Delete files that nothing refers to; log those that cannot be deleted."""
    for path in paths:
        try:
            io.delete(path)
        except Exception as error:  # noqa: BLE001 - a file that stays only costs storage
            _log.warning("could not delete %s, which nothing refers to: %s", path, error)
