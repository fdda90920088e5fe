"""Program that runs one database server, postmaster and gateway, until its standard input ends.

The sandbox holds the other end of that pipe. When the sandbox ends, for any reason, the pipe ends, and the program
stops PostgreSQL cleanly. On standard output, the program prints the postmaster's process id once it accepts
connections, or an error.
"""

import os
import selectors
import signal
import socket
import ssl
import sys
from typing import NoReturn

from terrarium_sandbox.postgres.gateway.login import serve_client
from terrarium_sandbox.postgres.gateway.postmaster import Postmaster, PostmasterError
from terrarium_sandbox.postgres.gateway.settings import EXIT_PORT_BUSY, GatewaySettings

__all__: list[str] = []

_BACKLOG = 128


def _main() -> None:
    settings = GatewaySettings.from_line(_read_line())
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(settings.certificate_file)
    _become(settings)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        listener = socket.create_server((settings.address, settings.port), backlog=_BACKLOG)
    except OSError as error:
        _fail(f"{settings.address}:{settings.port}: {error.strerror}", code=EXIT_PORT_BUSY)
    postmaster = Postmaster(settings)
    try:
        postmaster.start()
        _answer(str(postmaster.pid))
        _serve(listener, settings, tls)
    except PostmasterError as error:
        _fail(str(error))
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        listener.close()
        postmaster.stop()


def _serve(listener: socket.socket, settings: GatewaySettings, tls: ssl.SSLContext) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # processes of connections leave no zombies
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        selector.register(sys.stdin, selectors.EVENT_READ)
        while True:
            for ready, _ in selector.select():
                if ready.fileobj is listener:
                    _accept(listener, settings, tls)
                elif line := _read_line():
                    settings = GatewaySettings.from_line(line)
                else:
                    return


def _accept(listener: socket.socket, settings: GatewaySettings, tls: ssl.SSLContext) -> None:
    try:
        client, _ = listener.accept()
    except OSError:
        return  # the client hung up first
    with client:
        if os.fork() == 0:
            _serve_and_exit(listener, client, settings, tls)


def _serve_and_exit(
    listener: socket.socket, client: socket.socket, settings: GatewaySettings, tls: ssl.SSLContext
) -> NoReturn:
    status = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        listener.close()
        serve_client(client, settings=settings, tls=tls)
        status = 0
    except BaseException:  # noqa: BLE001 - the process must exit here, not continue in the parent's loop
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(status)


def _read_line() -> bytes:
    """Return a line of standard input. Reading is unbuffered, because buffered input would not wake the selector."""
    line = bytearray()
    while not line.endswith(b"\n"):
        byte = os.read(sys.stdin.fileno(), 1)
        if not byte:
            return b""
        line += byte
    return bytes(line)


def _become(settings: GatewaySettings) -> None:
    """Drop root's privileges. All modules are imported before: the other user may be unable to read the files."""
    "".encode("idna")  # `socket` loads this codec when it first resolves an address
    if settings.user_id is not None and settings.group_id is not None:
        os.setgroups([])
        os.setgid(settings.group_id)
        os.setuid(settings.user_id)
    os.chdir(settings.data_folder)


def _fail(problem: str, *, code: int = 1) -> NoReturn:
    _answer(problem)
    sys.exit(code)


def _answer(text: str) -> None:
    """Print the answer on standard output, and close it."""
    print(text, flush=True)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.close(nothing)


if __name__ == "__main__":
    _main()
