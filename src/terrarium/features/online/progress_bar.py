"""Progress bar of a materialization."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["entities_bar"]


@contextmanager
def entities_bar(doing: str, *, shown: bool) -> Iterator[Callable[[int], Callable[[int], None]]]:
    """Yield the functions of a progress bar on a terminal or in a notebook; they do nothing elsewhere, or if hidden.

    The yielded function takes the number of entities to process, and returns a function that takes every number done.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not shown or not (console.is_terminal or console.is_jupyter):
        yield lambda _total: lambda _done: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:

        def begin(total: int) -> Callable[[int], None]:
            task = progress.add_task(doing, total=total)
            return lambda done: progress.advance(task, done)

        yield begin
