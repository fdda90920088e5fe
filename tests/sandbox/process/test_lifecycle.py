"""`terrarium sandbox up` and `down`."""

import os
import socket
import subprocess
from pathlib import Path

import psutil

from terrarium_sandbox.home import Home
from terrarium_sandbox.process.child_processes import Children
from terrarium_sandbox.process.processes import wait_for_end
from tests.support.local_sandbox import LocalSandbox


def _started(local: LocalSandbox) -> psutil.Process:
    local.command("up", "--port", "0")
    record = local.process()
    assert record is not None
    return psutil.Process(record.process.pid)


def _kill(process: psutil.Process) -> None:
    process.kill()
    assert wait_for_end([process], patience_seconds=60) == []


def test_is_ready_when_up_returns_and_listens_on_loopback_only(own_sandbox: LocalSandbox) -> None:
    process = _started(own_sandbox)
    own_sandbox.client("s3").list_buckets()
    listening = [c.laddr.ip for c in process.net_connections() if c.status == psutil.CONN_LISTEN]
    assert listening == ["127.0.0.1"]


def test_up_when_up_changes_nothing(own_sandbox: LocalSandbox) -> None:
    process = _started(own_sandbox)
    assert _started(own_sandbox) == process


def test_two_at_once_start_one(own_sandbox: LocalSandbox) -> None:
    environment = {**os.environ, "TERRARIUM_SANDBOX_HOME": str(own_sandbox.home)}
    commands = [
        subprocess.Popen(
            ["terrarium", "sandbox", "up", "--port", "0"], env=environment, stdout=subprocess.PIPE
        )
        for _ in range(2)
    ]
    said = {command.communicate()[0] for command in commands}
    assert len(said) == 1


def test_up_with_another_port_names_the_port_of_the_running_sandbox(own_sandbox: LocalSandbox) -> None:
    _started(own_sandbox)
    refused = own_sandbox.command("up", "--port", "1", check=False)
    assert refused.returncode == 1
    assert "running at http://127.0.0.1:" in refused.stderr


def test_down_ends_the_process_and_can_be_repeated(own_sandbox: LocalSandbox) -> None:
    process = _started(own_sandbox)
    own_sandbox.command("down")
    assert wait_for_end([process], patience_seconds=0) == []
    assert "No sandbox was up" in own_sandbox.command("down").stdout
    assert "down" in own_sandbox.command("status").stdout


def test_a_busy_port_is_named(own_sandbox: LocalSandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = own_sandbox.command("up", "--port", str(port), check=False)
    assert refused.returncode == 1
    assert f"127.0.0.1:{port}" in refused.stderr
    assert "--port 0" in refused.stderr


def test_up_listens_where_it_listened_before(own_sandbox: LocalSandbox) -> None:
    """Shells have the endpoint in their environment."""
    own_sandbox.command("up", "--port", "0")
    before = own_sandbox.process()
    own_sandbox.command("down")
    own_sandbox.command("up")
    after = own_sandbox.process()
    assert before is not None
    assert after is not None
    assert after.endpoint == before.endpoint


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    local = LocalSandbox(home=tmp_path / "file" / "home", checkout=tmp_path)
    refused = local.command("up", check=False)
    assert refused.returncode == 1
    assert f"{local.home}" in refused.stderr
    assert "TERRARIUM_SANDBOX_HOME" in refused.stderr


def test_a_stale_process_id_does_not_stop_the_next_up(own_sandbox: LocalSandbox) -> None:
    process = _started(own_sandbox)
    _kill(process)
    assert "down" in own_sandbox.command("status").stdout
    assert _started(own_sandbox) != process


def test_another_process_with_the_same_id_is_not_the_sandbox(own_sandbox: LocalSandbox) -> None:
    """After a reboot a process id may belong to anybody; `down` must not end them."""
    own_sandbox.command("up", "--port", "0")
    record = own_sandbox.process()
    assert record is not None
    own_sandbox.command("down")
    stranger = record.process.model_copy(update={"pid": os.getpid()})
    record.model_copy(update={"process": stranger}).write(Home(own_sandbox.home))
    assert "No sandbox was up" in own_sandbox.command("down").stdout


def test_up_ends_processes_of_a_killed_sandbox(own_sandbox: LocalSandbox) -> None:
    process = _started(own_sandbox)
    own_sandbox.client("rds").create_db_cluster(
        DBClusterIdentifier="left",
        Engine="aurora-postgresql",
        MasterUsername="m",
        ManageMasterUserPassword=True,
    )
    orphans = [psutil.Process(pid) for pid in Children(Home(own_sandbox.home).children_folder).running()]
    assert orphans
    _kill(process)
    _started(own_sandbox)
    assert wait_for_end(orphans, patience_seconds=0) == []
    own_sandbox.command("down")
    own_sandbox.command("reset", "--yes")


def test_the_error_of_a_stopped_sandbox_names_the_command_to_start_it(own_sandbox: LocalSandbox) -> None:
    refused = own_sandbox.command("env", check=False)
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert "terrarium sandbox up" in refused.stderr
