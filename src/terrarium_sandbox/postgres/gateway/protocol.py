"""The part of PostgreSQL's wire protocol that comes before a session is authenticated.

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

# PostgreSQL's own bounds, so that a stranger cannot make us hold more.
_LONGEST_STARTUP = 10_000
_LONGEST_MESSAGE = 65_535


class ConnectionEndedError(Exception):
    """The other side hung up, or does not speak PostgreSQL's protocol."""


@dataclass(frozen=True)
class Startup:
    """The first packet of a connection, and what it says.

    Attributes:
        packet: As it came.
        code: The protocol's version, or one of the requests above.
    """

    packet: bytes
    code: int

    @property
    def parameters(self) -> Mapping[str, str]:
        """User, database and options. Where a name is repeated the last counts, as it does for PostgreSQL."""
        words = self.packet[8:].split(b"\0")
        pairs = zip(words[::2], words[1::2], strict=False)
        return {
            name.decode(errors="replace"): value.decode(errors="replace") for name, value in pairs if name
        }


@dataclass(frozen=True)
class Message:
    """A message of an established connection.

    Attributes:
        packet: As it came.
    """

    packet: bytes

    @property
    def type(self) -> bytes:
        """The byte that says what it is."""
        return self.packet[:1]

    @property
    def content(self) -> bytes:
        """What follows type and length."""
        return self.packet[5:]


def read_startup(connection: socket.socket) -> Startup:
    """Read the first packet, and not a byte more."""
    head = _read(connection, 4)
    (length,) = struct.unpack("!i", head)
    if not 8 <= length <= _LONGEST_STARTUP:
        raise ConnectionEndedError(f"a startup packet of {length} bytes")
    packet = head + _read(connection, length - 4)
    (code,) = struct.unpack_from("!i", packet, 4)
    return Startup(packet, code)


def read_message(connection: socket.socket) -> Message:
    """Read one message, and not a byte more."""
    head = _read(connection, 5)
    (length,) = struct.unpack_from("!i", head, 1)
    if not 4 <= length <= _LONGEST_MESSAGE:
        raise ConnectionEndedError(f"a message of {length} bytes before authentication")
    return Message(head + _read(connection, length - 4))


def error_response(sqlstate: str, message: str) -> bytes:
    """The message that ends a connection with an error."""
    fields = {"S": "FATAL", "V": "FATAL", "C": sqlstate, "M": message}
    content = b"".join(f"{key}{value}".encode() + b"\0" for key, value in fields.items()) + b"\0"
    return b"E" + struct.pack("!i", 4 + len(content)) + content


def _read(connection: socket.socket, length: int) -> bytes:
    received = bytearray()
    while len(received) < length:
        chunk = connection.recv(length - len(received))
        if not chunk:
            raise ConnectionEndedError("hung up")
        received += chunk
    return bytes(received)
