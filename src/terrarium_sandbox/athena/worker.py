"""Worker program: `python -m terrarium_sandbox.athena.worker LINE ENDPOINT MEMORY FOLDER`.

It runs one query after the other, and ends when its parent process is gone.
"""

import os
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue

from terrarium.gc_tuning import gc_paused
from terrarium_sandbox.athena.task import QueryFailure, QueryTask

__all__ = ["main"]


def main() -> None:
    """Run the queries that arrive through the file descriptor LINE."""
    line, endpoint, memory_limit, folder = sys.argv[1:]
    connection: Connection[object, QueryTask] = Connection(int(line))
    tasks: SimpleQueue[QueryTask] = SimpleQueue()
    # A thread receives tasks, so that the worker notices during a long query that the sandbox has ended.
    threading.Thread(target=_receive, args=(connection, tasks), daemon=True).start()
    with gc_paused():
        from terrarium_sandbox.athena.query_runner import QueryRunner

    runner = QueryRunner(endpoint=endpoint, memory_limit=memory_limit, spill_folder=Path(folder))
    while True:
        task = tasks.get()
        try:
            outcome = runner.run(task)
        except QueryFailure as failure:
            connection.send(failure)
        else:
            connection.send(outcome)


def _receive(connection: "Connection[object, QueryTask]", tasks: "SimpleQueue[QueryTask]") -> None:
    try:
        while True:
            tasks.put(connection.recv())
    except (EOFError, OSError):
        os._exit(0)


if __name__ == "__main__":
    main()
