"""A plain moto in a process of its own: the sandbox patches moto in the process of the tests that import it."""

import multiprocessing
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from moto.server import ThreadedMotoServer

__all__ = ["moto_process"]


@contextmanager
def moto_process() -> Iterator[str]:
    """Start moto, and yield its endpoint; end the process afterwards."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(sender,), daemon=True)
    process.start()
    sender.close()  # so that a process that ends early raises EOFError here
    try:
        yield receiver.recv()
    finally:
        process.terminate()
        process.join()


def _serve(sender: Connection) -> None:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    sender.send(f"http://{host}:{port}")
    threading.Event().wait()
