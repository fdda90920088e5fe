"""Progress bars of long transfers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from terrarium.artifacts.transfer import MEBIBYTE

__all__ = ["progress_bar"]

_LONG = 32 * MEBIBYTE


@contextmanager
def progress_bar(doing: str, *, size: int, shown: bool) -> Iterator[Callable[[int], None]]:
    """Show the progress of `size` bytes. The caller calls the value with each number of transferred bytes.

    No bar appears if `shown` is false, for small sizes, or outside of a terminal or notebook.
    """
    if not shown or size < _LONG:
        yield _ignore
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    console = Console(stderr=True)
    if not (console.is_terminal or console.is_jupyter):
        yield _ignore
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(doing, total=size)
        yield lambda done: progress.advance(task, done)


def _ignore(_: int) -> None:
    pass
