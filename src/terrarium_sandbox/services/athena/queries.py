"""Queue of queries, of which a few run at a time."""

import logging
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor

from moto.athena.models import athena_backends

from terrarium_sandbox.athena.task import QueryFailure, QueryTask
from terrarium_sandbox.sandbox import Sandbox
from terrarium_sandbox.services.athena.query import FINAL_STATES, Query
from terrarium_sandbox.services.athena.workers import Worker, start_worker

__all__ = ["Queries"]

_WORKERS = 2
_log = logging.getLogger(__name__)


class Queries:
    """The queue of queries, and the workers that run them.

    Args:
        sandbox: The host.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._free: deque[Worker] = deque()
        self._running: dict[str, Worker] = {}
        self._threads: ThreadPoolExecutor | None = None
        self._stopping = False
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the workers; cancel queries that a killed sandbox left unfinished."""
        self._threads = ThreadPoolExecutor(_WORKERS, thread_name_prefix="athena")
        for regions in list(athena_backends.values()):
            for backend in list(regions.values()):
                for query in backend.executions.values():
                    if query.status not in FINAL_STATES:
                        query.cancel("The sandbox ended before the query did")  # type: ignore[attr-defined] # ours

    def stop(self) -> None:
        """Cancel running queries, and end the workers."""
        with self._lock:
            self._stopping = True
            workers = [*self._running.values(), *self._free]
        for worker in workers:
            worker.kill()
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)

    def submit(self, query: Query, task: QueryTask) -> None:
        """Run a query as soon as a worker is free."""
        assert self._threads is not None  # noqa: S101 - requests arrive after the start
        self._threads.submit(self._run, query, task)

    def cancel(self, query: Query) -> None:
        """Cancel a query, unless it has ended."""
        if query.state in FINAL_STATES:
            return
        query.cancel("Query cancelled by user")
        with self._lock:
            worker = self._running.pop(query.id, None)
        if worker is not None:
            worker.kill()

    def _run(self, query: Query, task: QueryTask) -> None:
        try:
            self._run_by(self._take(query), query, task)
        except Exception:  # noqa: BLE001 - the client gets an answer to any error
            _log.exception("query %s could not be run", query.id)
            self._settle(query, QueryFailure("GENERIC_INTERNAL_ERROR", "the sandbox failed; see its log"))
        finally:
            self._sandbox.touch()

    def _run_by(self, worker: Worker | None, query: Query, task: QueryTask) -> None:
        if worker is None:
            return
        try:
            outcome = worker.run(task)
        except QueryFailure as failure:
            self._settle(query, failure)
        except (EOFError, OSError):
            worker.kill()
            with self._lock:
                self._running.pop(query.id, None)
            lost = "the worker that ran the query ended; see athena/workers.log in the sandbox's home"
            self._settle(query, QueryFailure("GENERIC_INTERNAL_ERROR", lost))
        else:
            with self._sandbox.locks.holding("athena"):
                if query.state not in FINAL_STATES:
                    query.succeed(outcome)
        with self._lock:
            if self._running.pop(query.id, None) is not None:  # otherwise it was killed
                self._free.append(worker)

    def _take(self, query: Query) -> Worker | None:
        """Return a worker for a query; None if the query was cancelled."""
        with self._sandbox.locks.holding("athena"), self._lock:
            if query.state in FINAL_STATES or self._stopping:
                return None
            worker = self._free.pop() if self._free else start_worker(self._sandbox)
            self._running[query.id] = worker
            query.begin()
            return worker

    def _settle(self, query: Query, failure: QueryFailure) -> None:
        with self._sandbox.locks.holding("athena"):
            if query.state not in FINAL_STATES:
                query.fail(failure)
