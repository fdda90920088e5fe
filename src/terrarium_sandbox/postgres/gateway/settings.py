"""What a gateway is told: one line of JSON on its standard input, and another whenever something changes."""

import json
from dataclasses import asdict, dataclass

__all__ = ["EXIT_PORT_BUSY", "GatewaySettings"]

# The exit code of a gateway that could not listen where it should.
EXIT_PORT_BUSY = 3


@dataclass(frozen=True, kw_only=True)
class GatewaySettings:
    """How to run one database server.

    A plain dataclass: a gateway is small and starts fast because it imports nothing but the standard library.

    Attributes:
        address: Where to listen, an IP address.
        port: Where to listen; also in the name of the postmaster's unix socket.
        binaries: The folder of PostgreSQL's programs.
        data_folder: The database server's data.
        socket_folder: Where the postmaster's unix socket is.
        log_file: Where PostgreSQL writes its own log.
        certificate_file: The server's certificate and private key, PEM.
        login_url: Where to ask whether an IAM token lets a database user in.
        force_tls: Whether connections without TLS are refused (RDS' parameter rds.force_ssl).
        user_id: The user to become before anything is started; None to stay who one is.
        group_id: The group that goes with it.
    """

    address: str
    port: int
    binaries: str
    data_folder: str
    socket_folder: str
    log_file: str
    certificate_file: str
    login_url: str
    force_tls: bool
    user_id: int | None = None
    group_id: int | None = None

    @property
    def socket_path(self) -> str:
        """The postmaster's unix socket."""
        return f"{self.socket_folder}/.s.PGSQL.{self.port}"

    def to_line(self) -> bytes:
        """The settings as a gateway reads them."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> "GatewaySettings":
        """What `to_line` wrote."""
        return cls(**json.loads(line))
