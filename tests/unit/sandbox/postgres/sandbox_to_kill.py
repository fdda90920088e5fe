"""A process that starts a database server of FOLDER by NAME at PORT, and then waits to be killed."""

import signal
import sys
from pathlib import Path

from terrarium_sandbox.postgres.server import StartOptions
from terrarium_sandbox.postgres.servers import DatabaseServers
from terrarium_sandbox.process.child_processes import Children
from tests.unit.sandbox.postgres.client import MASTER

if __name__ == "__main__":
    folder, name, port = sys.argv[1:]
    servers = DatabaseServers(Path(folder), children=Children(Path(folder) / "killed"), login_url=str)
    server = servers.get(name)
    assert server is not None
    server.start(StartOptions(port=int(port), master=MASTER.name, force_tls=True))
    print("started", flush=True)
    signal.pause()
