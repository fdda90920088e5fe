"""The part of PostgreSQL's wire protocol that precedes an authenticated session.

Source: PostgreSQL's documentation, chapter "Frontend/Backend Protocol", section "Message Formats".
"""

import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = [
    "AUTHENTICATION_OK",
    "AUTHENTICATION_REQUEST",
    "CANCEL_REQUEST",
    "CLEARTEXT_PASSWORD_REQUEST",
    "GSS_ENCRYPTION_REQUEST",
    "NEGOTIATE_PROTOCOL_VERSION",
    "PASSWORD",
    "TLS_REQUEST",
    "ConnectionEndedError",
    "Message",
    "Startup",
    "error_response",
    "read_message",
    "read_startup",
]

CANCEL_REQUEST = 80877102
TLS_REQUEST = 80877103
GSS_ENCRYPTION_REQUEST = 80877104

AUTHENTICATION_REQUEST = b"R"
NEGOTIATE_PROTOCOL_VERSION = b"v"
PASSWORD = b"p"

AUTHENTICATION_OK = b"R" + struct.pack("!ii", 8, 0)
CLEARTEXT_PASSWORD_REQUEST = b"R" + struct.pack("!ii", 8, 3)

# PostgreSQL's own limits, which bound the memory that an unauthenticated client can use.
_LONGEST_STARTUP = 10_000
_LONGEST_MESSAGE = 65_535


class ConnectionEndedError(Exception):
    """The peer hung up, or does not use PostgreSQL's protocol."""


@dataclass(frozen=True)
class Startup:
    """The first packet of a connection.

    Attributes:
        packet: The packet as received.
        code: The protocol's version, or one of the requests above.
    """

    packet: bytes
    code: int

    @property
    def parameters(self) -> Mapping[str, str]:
        """User, database and options. Of a repeated name, the last value counts, as in PostgreSQL."""
        words = self.packet[8:].split(b"\0")
        pairs = zip(words[::2], words[1::2], strict=False)
        return {
            name.decode(errors="replace"): value.decode(errors="replace") for name, value in pairs if name
        }


@dataclass(frozen=True)
class Message:
    """A message of an established connection.

    Attributes:
        packet: The message as received.
    """

    packet: bytes

    @property
    def type(self) -> bytes:
        """The byte that states the message's type."""
        return self.packet[:1]

    @property
    def content(self) -> bytes:
        """The content after type and length."""
        return self.packet[5:]


def read_startup(connection: socket.socket) -> Startup:
    """Read exactly the first packet."""
    head = _read(connection, 4)
    (length,) = struct.unpack("!i", head)
    if not 8 <= length <= _LONGEST_STARTUP:
        raise ConnectionEndedError(f"a startup packet of {length} bytes")
    packet = head + _read(connection, length - 4)
    (code,) = struct.unpack_from("!i", packet, 4)
    return Startup(packet, code)


def read_message(connection: socket.socket) -> Message:
    """Read exactly one message."""
    head = _read(connection, 5)
    (length,) = struct.unpack_from("!i", head, 1)
    if not 4 <= length <= _LONGEST_MESSAGE:
        raise ConnectionEndedError(f"a message of {length} bytes before authentication")
    return Message(head + _read(connection, length - 4))


def error_response(sqlstate: str, message: str) -> bytes:
    """Return the message that ends a connection with an error."""
    fields = {"S": "FATAL", "V": "FATAL", "C": sqlstate, "M": message}
    content = b"".join(f"{key}{value}".encode() + b"\0" for key, value in fields.items()) + b"\0"
    return b"E" + struct.pack("!i", 4 + len(content)) + content


def _read(connection: socket.socket, length: int) -> bytes:
    received = bytearray()
    while len(received) < length:
        chunk = connection.recv(length - len(received))
        if not chunk:
            raise ConnectionEndedError("the peer hung up")
        received += chunk
    return bytes(received)
