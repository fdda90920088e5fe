"""Relay of bytes between a client and its backend."""

import select
import socket
import ssl

__all__ = ["relay"]

# bytes: what OpenSSL and the kernel return in a few calls. Larger chunks did not make COPY faster.
_CHUNK = 256 * 1024


def relay(client: socket.socket, backend: socket.socket) -> None:
    """Copy bytes in both directions until one side has hung up and all its bytes are delivered.

    The directions do not wait for each other: a client may send a pipeline of queries while it does not yet read their
    results.
    """
    client.settimeout(0)
    backend.settimeout(0)
    upstream, downstream = _Direction(client, backend), _Direction(backend, client)
    poll = select.poll()
    registered: dict[int, int] = {}
    while True:
        upstream.carry()
        downstream.carry()
        if upstream.ended or downstream.ended:
            return
        awaited = {
            client.fileno(): upstream.awaited_of_source | downstream.awaited_of_sink,
            backend.fileno(): downstream.awaited_of_source | upstream.awaited_of_sink,
        }
        if awaited != registered:
            _register(poll, awaited)
            registered = awaited
        poll.poll()


def _register(poll: "select.poll", awaited: dict[int, int]) -> None:
    for descriptor, mask in awaited.items():
        # With an empty event mask, a side that has hung up would wake the loop endlessly.
        poll.register(descriptor, mask)
        if not mask:
            poll.unregister(descriptor)


class _Direction:
    """One direction of a relay. At most one chunk is in transit, read from `source` or waiting for `sink`."""

    def __init__(self, source: socket.socket, sink: socket.socket) -> None:
        self._source = source
        self._sink = sink
        self._buffer = bytearray(_CHUNK)
        self._view = memoryview(self._buffer)
        self._unsent = self._view[:0]
        self._hung_up = False
        self.awaited_of_source = 0
        self.awaited_of_sink = 0

    @property
    def ended(self) -> bool:
        return self._hung_up and not self._unsent

    def carry(self) -> None:
        """Read and write until either would block; set the event that is awaited."""
        self.awaited_of_source = self.awaited_of_sink = 0
        while not self.ended:
            if not self._unsent and not self._receive():
                return
            if self._unsent and not self._send():
                return

    def _receive(self) -> bool:
        filled = 0
        # A TLS socket returns one record (16 KiB) per call: gather all available records before forwarding them.
        while filled < _CHUNK:
            try:
                count = self._source.recv_into(self._view[filled:])
            except (BlockingIOError, ssl.SSLWantReadError):
                self.awaited_of_source = 0 if filled else select.POLLIN
                break
            except ssl.SSLWantWriteError:
                self.awaited_of_source = 0 if filled else select.POLLOUT
                break
            except OSError:
                count = 0
            if not count:
                self._hung_up = True
                break
            filled += count
            if not isinstance(self._source, ssl.SSLSocket):
                break
        self._unsent = self._view[:filled]
        return bool(filled)

    def _send(self) -> bool:
        try:
            while self._unsent:
                self._unsent = self._unsent[self._sink.send(self._unsent) :]
        except (BlockingIOError, ssl.SSLWantWriteError):
            self.awaited_of_sink = select.POLLOUT
            return False
        except ssl.SSLWantReadError:
            self.awaited_of_sink = select.POLLIN
            return False
        except OSError:
            self._hung_up = True
            self._unsent = self._view[:0]
        return True
