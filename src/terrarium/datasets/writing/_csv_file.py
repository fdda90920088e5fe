"""CSV files as streams of record batches; their encoding must be UTF-8."""

import codecs
from pathlib import Path
from typing import TYPE_CHECKING

from terrarium.datasets.errors import DataRefusedError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["open_csv"]

_BLOCK = (
    8 << 20
)  # bytes that types are inferred from; a later value of another type is an error that names its row
# Bytes in which NULs are counted: UTF-16 has one in every ASCII letter, digit and comma.
_BEGINNING = 64 << 10


def open_csv(path: Path) -> "pa.RecordBatchReader":
    """Return the rows of a CSV file with a header.

    Raises:
        DataRefusedError: The file is not UTF-8.
        pyarrow.ArrowInvalid: The file is not CSV.
        OSError: The file cannot be read.
    """
    import pyarrow as pa
    from pyarrow import csv

    _check_width(path)
    try:
        reader = csv.open_csv(path, read_options=csv.ReadOptions(block_size=_BLOCK))
        names = reader.schema.names  # decoded here
    except UnicodeDecodeError as error:
        raise _other_encoding(path, "its header", "cp1252") from error
    # Arrow infers `binary` for text that is not UTF-8, and for nothing else.
    columns = [
        name for name, kind in zip(names, reader.schema.types, strict=True) if pa.types.is_binary(kind)
    ]
    if columns:
        raise _other_encoding(path, f"column {', '.join(map(repr, columns))}", "cp1252")
    return reader


def _check_width(path: Path) -> None:
    with path.open("rb") as file:
        beginning = file.read(_BEGINNING)
    if beginning.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise _other_encoding(path, "its first bytes", "utf-32")
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _other_encoding(path, "its first bytes", "utf-16")
    if beginning.count(0) * 10 > len(beginning):
        even = beginning[::2].count(0) > beginning[1::2].count(0)
        raise _other_encoding(path, "text with NUL bytes", "utf-16-be" if even else "utf-16-le")


def _other_encoding(path: Path, where: str, guess: str) -> DataRefusedError:
    names = {"cp1252": "Windows-1252 or Latin-1", "utf-32": "UTF-32"}
    return DataRefusedError(
        f"file {path} is not UTF-8: {where} looks like {names.get(guess, 'UTF-16')}",
        remedy=f'read it with its encoding and pass the frame: pandas.read_csv("{path}", encoding="{guess}"); '
        f"or convert the file: iconv -f {guess} -t utf-8",
    )
