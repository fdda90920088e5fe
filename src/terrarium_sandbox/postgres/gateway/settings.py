"""Settings of a gateway: one line of JSON on its standard input, and another line after each change."""

import json
from dataclasses import asdict, dataclass

__all__ = ["EXIT_PORT_BUSY", "GatewaySettings"]

# The exit code of a gateway whose port is in use.
EXIT_PORT_BUSY = 3


@dataclass(frozen=True, kw_only=True)
class GatewaySettings:
    """Settings of one database server.

    A plain dataclass: a gateway imports only the standard library, so that it is small and starts fast.

    Attributes:
        address: The IP address on which the gateway listens.
        port: The port; also in the name of the postmaster's unix socket.
        binaries: The folder of PostgreSQL's programs.
        data_folder: The database server's data.
        socket_folder: The folder of the postmaster's unix socket.
        log_file: PostgreSQL's log file.
        certificate_file: The server's certificate and private key, PEM.
        login_url: The URL at which the gateway verifies the IAM token of a database user.
        force_tls: Whether connections without TLS are refused (RDS' parameter rds.force_ssl).
        user_id: The user that runs PostgreSQL; None for the present user.
        group_id: The group of that user.
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
        """The path of the postmaster's unix socket."""
        return f"{self.socket_folder}/.s.PGSQL.{self.port}"

    def to_line(self) -> bytes:
        """Return the settings as a line of JSON."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> "GatewaySettings":
        """Return the settings of a line that `to_line` wrote."""
        return cls(**json.loads(line))
