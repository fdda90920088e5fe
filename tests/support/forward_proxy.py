"""A forwarding proxy for HTTPS: a real process at the other end of `HTTPS_PROXY`."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = ["ForwardProxy", "forward_proxy"]


class ForwardProxy:
    """A proxy that connects every host to one server of the test.

    Attributes:
        url: Its URL.
        connected: The hosts and ports that clients asked it to connect to, in order.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.connected: list[str] = []


@contextmanager
def forward_proxy(upstream: tuple[str, int]) -> Iterator[ForwardProxy]:
    """Run a proxy on a free port of loopback. It answers `CONNECT`, and leads to `upstream`."""

    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            proxy.connected.append(self.path)
            with socket.create_connection(upstream) as server:
                self.send_response(200, "Connection established")
                self.end_headers()
                self.wfile.flush()
                back = threading.Thread(target=_copy, args=(server, self.connection))
                back.start()
                _copy(self.connection, server)
                back.join()
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Write nothing to the output of the test."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        proxy = ForwardProxy(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield proxy
        server.shutdown()


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return  # the other end closed the connection
