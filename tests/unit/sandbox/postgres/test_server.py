"""Life cycle of a database server: start, stop, data, and errors."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from terrarium.errors import Error
from terrarium_sandbox.postgres.roles import create_database, create_roles
from terrarium_sandbox.postgres.server import ADDRESS, DatabaseServer, PortBusyError, StartOptions
from terrarium_sandbox.postgres.servers import DatabaseServers
from terrarium_sandbox.process.child_processes import Children
from tests.unit.sandbox.postgres.client import MASTER, connect_as_master
from tests.unit.sandbox.postgres.conftest import MakeServers


@pytest.fixture(scope="module")
def laid(make_servers: MakeServers) -> DatabaseServer:
    servers = make_servers()
    server = servers.create("own")
    _start(servers, server)
    with server.connection() as superuser:
        create_roles(superuser, MASTER)
        create_database(superuser, "lab", owner=MASTER.name)
    with connect_as_master(server) as master:
        master.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    return server


@pytest.fixture
def own_server(laid: DatabaseServer, make_servers: MakeServers) -> DatabaseServer:
    """A server of these tests' own that runs, with a row in it."""
    if laid.port is None:
        _start(make_servers(), laid)
    return laid


def _start(servers: DatabaseServers, server: DatabaseServer) -> None:
    server.start(StartOptions(port=next(servers.free_ports()), master=MASTER.name, force_tls=True))


def _answer(server: DatabaseServer) -> object:
    with connect_as_master(server) as master:
        return master.execute("SELECT answer FROM kept").fetchone()


def _postmaster(server: DatabaseServer) -> psutil.Process:
    return psutil.Process(int((server.data_folder / "postmaster.pid").read_text().split()[0]))


def _has_ended(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_it_is_stopped_and_started_with_its_data_at_its_port(own_server: DatabaseServer) -> None:
    port = own_server.port
    assert port is not None
    own_server.stop()
    with pytest.raises(psycopg.OperationalError, match="Connection refused"):
        connect_as_master(own_server, port=port)
    own_server.start(StartOptions(port=port, master=MASTER.name, force_tls=True))
    assert (own_server.port, _answer(own_server)) == (port, (42,))


def test_the_next_sandbox_finds_it_again(own_server: DatabaseServer, make_servers: MakeServers) -> None:
    own_server.stop()
    servers = make_servers()
    found = servers.get("own")
    assert found is not None
    _start(servers, found)
    assert _answer(found) == (42,)
    found.stop()


def test_nothing_is_left_of_a_removed_server(make_servers: MakeServers) -> None:
    servers = make_servers()
    server = servers.create("short")
    _start(servers, server)
    postmaster = _postmaster(server)
    servers.remove("short")
    assert not server.folder.exists()
    assert _has_ended(postmaster)
    assert servers.get("short") is None


def test_a_snapshot_is_the_data_of_its_moment(own_server: DatabaseServer, make_servers: MakeServers) -> None:
    servers = make_servers()
    own_server.copy_data(own_server.folder.parent.parent / "snapshots" / "then")
    with connect_as_master(own_server) as master:
        master.execute("UPDATE kept SET answer = 0")
    copy = servers.create("copy", snapshot="then")
    _start(servers, copy)
    assert (_answer(own_server), _answer(copy)) == ((0,), (42,))
    with connect_as_master(own_server) as master:
        master.execute("UPDATE kept SET answer = 42")
    servers.remove("copy")
    servers.remove_snapshot("then")
    assert not servers.has_snapshot("then")


def test_it_ends_in_order_when_its_sandbox_is_killed(
    own_server: DatabaseServer, servers_folder: Path
) -> None:
    """The gateway notices that the pipe from the sandbox has ended, however that came about."""
    port = own_server.port
    assert port is not None
    own_server.stop()
    module = "tests.unit.sandbox.postgres.sandbox_to_kill"
    with subprocess.Popen(
        [sys.executable, "-m", module, servers_folder, own_server.name, str(port)], stdout=subprocess.PIPE
    ) as sandbox:
        assert sandbox.stdout is not None
        assert sandbox.stdout.readline() == b"started\n"
        postmaster = _postmaster(own_server)
        sandbox.kill()
    psutil.wait_procs([postmaster], timeout=30)
    assert _has_ended(postmaster)
    assert "database system is shut down" in (own_server.folder / "postgresql.log").read_text()
    own_server.start(StartOptions(port=port, master=MASTER.name, force_tls=True))
    assert _answer(own_server) == (42,)


def test_a_start_ends_processes_of_a_killed_gateway(own_server: DatabaseServer) -> None:
    port = own_server.port
    assert port is not None
    orphan = _postmaster(own_server)
    gateway = own_server._gateway
    assert gateway is not None
    os.kill(gateway.pid, signal.SIGKILL)
    gateway.wait()
    assert not _has_ended(orphan)
    own_server.start(StartOptions(port=port, master=MASTER.name, force_tls=True))
    assert _answer(own_server) == (42,)
    assert _has_ended(orphan)


def test_its_processes_are_on_record_while_it_runs(own_server: DatabaseServer) -> None:
    children: Children = own_server._children
    assert _postmaster(own_server).pid in children.running("postgresql own")
    own_server.stop()
    assert children.running("postgresql own") == []


def test_a_port_that_is_taken_is_named(make_servers: MakeServers) -> None:
    servers = make_servers()
    server = servers.create("late")
    with socket.create_server((ADDRESS, 0)) as first:
        port = first.getsockname()[1]
        with pytest.raises(PortBusyError, match=f"{ADDRESS}:{port}"):
            server.start(StartOptions(port=port, master=MASTER.name, force_tls=True))
    servers.remove("late")


def test_data_that_postgresql_refuses_is_reported_with_its_log(make_servers: MakeServers) -> None:
    servers = make_servers()
    server = servers.create("broken")
    (server.data_folder / "global" / "pg_control").unlink()
    with pytest.raises(Error, match="could not find the database system"):
        _start(servers, server)
    servers.remove("broken")


def test_without_postgresql_the_error_states_how_to_install_it(tmp_path: Path) -> None:
    servers = DatabaseServers(tmp_path, children=Children(tmp_path), login_url=str, installations=[])
    with pytest.raises(Error, match="install one, such as Debian's `postgresql`"):
        servers.create("first")
    servers.remove_all()


def test_durability_is_not_traded_for_speed(own_server: DatabaseServer) -> None:
    with own_server.connection() as superuser:
        settings = ("fsync", "synchronous_commit", "full_page_writes")
        assert [superuser.execute(f"SHOW {name}").fetchone() for name in settings] == [("on",)] * 3
