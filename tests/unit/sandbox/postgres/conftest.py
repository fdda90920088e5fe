"""Database servers of both kinds of PostgreSQL: installed on the machine, and installed by pip."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from terrarium_sandbox.postgres.installation import Installation, find_installations
from terrarium_sandbox.postgres.roles import create_database, create_roles
from terrarium_sandbox.postgres.server import ADDRESS, DatabaseServer, StartOptions
from terrarium_sandbox.postgres.servers import DatabaseServers
from terrarium_sandbox.process.child_processes import Children
from tests.unit.sandbox.postgres.client import GOOD_TOKEN, MASTER, connect_as_master

MakeServers = Callable[[], DatabaseServers]


class _Logins(BaseHTTPRequestHandler):
    """The sandbox's side of a login: accepts GOOD_TOKEN only."""

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = json.dumps({"allowed": question["token"] == GOOD_TOKEN}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002 - the base class' name


@pytest.fixture(scope="session")
def login_url() -> Iterator[str]:
    server = ThreadingHTTPServer((ADDRESS, 0), _Logins)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://{ADDRESS}:{server.server_port}/logins"
    server.shutdown()
    server.server_close()


def _builds() -> dict[str, Installation]:
    builds = find_installations()
    pip = [build for build in builds if build.parts]
    machine = [build for build in builds if not build.parts]
    return {kind: found[-1] for kind, found in (("pip", pip), ("machine", machine)) if found}


@pytest.fixture(scope="session", params=["machine", "pip"])
def installation(request: pytest.FixtureRequest) -> Installation:
    builds = _builds()
    if request.param not in builds:
        pytest.skip(f"no PostgreSQL of this kind here: {request.param}")
    return builds[request.param]


@pytest.fixture(scope="session")
def servers_folder(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp(installation.name)


@pytest.fixture(scope="session")
def make_servers(installation: Installation, servers_folder: Path, login_url: str) -> Iterator[MakeServers]:
    """Database servers as one sandbox after the other has them: always in the same folder."""
    made = []

    def make() -> DatabaseServers:
        servers = DatabaseServers(
            servers_folder,
            children=Children(servers_folder / "children"),
            login_url=lambda _: login_url,
            installations=[installation],
        )
        made.append(servers)
        return servers

    yield make
    for servers in made:
        servers.remove_all()


@pytest.fixture(scope="session")
def servers(make_servers: MakeServers) -> DatabaseServers:
    return make_servers()


@pytest.fixture(scope="session")
def server(servers: DatabaseServers) -> DatabaseServer:
    """A server as a new Aurora cluster has it: database `lab`, TLS only, and an IAM user `writer`."""
    server = servers.create("shared")
    server.start(StartOptions(port=next(servers.free_ports()), master=MASTER.name, force_tls=True))
    with server.connection() as superuser:
        create_roles(superuser, MASTER)
        create_database(superuser, "lab", owner=MASTER.name)
    with connect_as_master(server) as master:
        master.execute("CREATE ROLE writer LOGIN")
        master.execute("GRANT rds_iam TO writer")
    return server
