"""`python -m terrarium.verification._rendezvous PORT`: two nodes of a multi-node job exchange a message.

The variables are those that AWS Batch sets (AWS Batch User Guide, "Job environment variables").
"""

import os
import socket
import sys
import time

__all__ = ["main"]

_PATIENCE = 300  # s: nodes do not start at the same moment
_MESSAGE = b"terrarium"


def main() -> None:
    """Listen on the main node; connect to it on the others."""
    port = int(sys.argv[1])
    if os.environ["AWS_BATCH_JOB_NODE_INDEX"] == os.environ["AWS_BATCH_JOB_MAIN_NODE_INDEX"]:
        _listen(port)
    else:
        _send(os.environ["AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS"], port)


def _listen(port: int) -> None:
    with socket.create_server(("", port)) as server:
        server.settimeout(_PATIENCE)
        connection, address = server.accept()
        with connection:
            received = connection.recv(len(_MESSAGE))
            connection.sendall(received)
    sys.exit(None if received == _MESSAGE else f"{address} sent {received!r}")


def _send(address: str, port: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            connection = socket.create_connection((address, port), timeout=5)
            break
        except OSError as error:
            if time.monotonic() > deadline:
                sys.exit(f"the main node at {address}:{port} cannot be reached: {error}")
            time.sleep(1)
    with connection:
        connection.sendall(_MESSAGE)
        connection.recv(len(_MESSAGE))


if __name__ == "__main__":
    main()
