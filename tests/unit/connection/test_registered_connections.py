"""One connection from `connect` to the recording of a run: its session, its manifest, its database."""

import boto3
import pytest

import terrarium
from terrarium.aws import Session
from terrarium.connection import Connection, connection_of
from terrarium.errors import ConnectionNotFoundError
from tests.unit.conftest import REGION
from tests.unit.example_manifest import example_manifest

_RUN = "0" * 32


class RunRequestedError(Exception):
    pass


class Client:
    """An MLflow client that only notes which run is asked for."""

    def get_run(self, run_id: str) -> None:
        raise RunRequestedError(run_id)


@pytest.fixture(autouse=True)
def _no_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("terrarium.connection._registered", {})


@pytest.fixture
def reads(aws: str) -> list[str]:  # noqa: ARG001 - an account
    """The identity of every read of a manifest in this process."""
    boto3.client("ssm").put_parameter(
        Name="/terrarium/dev/manifest", Type="SecureString", Value=example_manifest().model_dump_json()
    )
    boto3.setup_default_session()
    found: list[str] = []
    _count_reads(boto3.DEFAULT_SESSION, "default", found)
    return found


def _count_reads(session: boto3.Session | None, identity: str, found: list[str]) -> None:
    assert session is not None
    session.events.register("before-call.ssm.GetParameter", lambda **_: found.append(identity))


def another_session(identity: str, reads: list[str]) -> boto3.Session:
    session = boto3.Session(aws_access_key_id=identity, aws_secret_access_key=identity, region_name=REGION)
    _count_reads(session, identity, reads)
    return session


def test_mlflow_records_by_the_connection_of_the_lab(reads: list[str]) -> None:
    lab = terrarium.connect("dev")
    assert lab.tracking_uri == "terrarium://dev"
    assert connection_of(lab.tracking_uri) is lab.connection
    assert lab.metadata is lab.connection.database
    assert reads == ["default"]


def test_plain_mlflow_code_opens_one_connection(reads: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    opened = connection_of("terrarium://dev")
    monkeypatch.setenv("TERRARIUM_ENVIRONMENT", "dev")
    assert connection_of("terrarium://") is connection_of("terrarium://dev") is opened
    assert reads == ["default"]


def test_labs_of_one_identity_share_a_connection(reads: list[str]) -> None:
    first, second = terrarium.connect("dev"), terrarium.connect("dev")
    assert first.connection is second.connection
    assert reads == ["default", "default"], "the second one sees what was deployed since"


def test_labs_of_different_identities_are_not_mixed(reads: list[str]) -> None:
    own = terrarium.connect("dev", session=another_session("own", reads))
    other = terrarium.connect("dev", session=another_session("other", reads))
    default = terrarium.connect("dev")
    uris = [lab.tracking_uri for lab in (own, other, default)]
    assert len(set(uris)) == 3
    assert uris[2] == "terrarium://dev"
    assert [connection_of(uri) for uri in uris] == [own.connection, other.connection, default.connection]
    assert reads == ["own", "other", "default"]


def test_a_change_of_the_default_session_changes_later_labs_only(reads: list[str]) -> None:
    before = terrarium.connect("dev")
    assert connection_of(before.tracking_uri) is before.connection
    boto3.DEFAULT_SESSION = another_session("changed", reads)
    after = terrarium.connect("dev")
    assert connection_of(after.tracking_uri) is after.connection is not before.connection
    assert connection_of(before.tracking_uri) is before.connection
    assert before.session.source is not after.session.source
    assert reads == ["default", "changed"]


def test_a_child_process_uses_its_own_default_session(reads: list[str]) -> None:
    inherited = "terrarium://dev?connection=0123abcd"  # MLFLOW_TRACKING_URI of a lab of the parent process
    assert connection_of(inherited).environment == "dev"
    assert reads == ["default"]


def test_a_child_process_cannot_use_a_session_of_its_parent(reads: list[str]) -> None:
    with pytest.raises(ConnectionNotFoundError, match="only the process that opened it"):
        connection_of("terrarium://dev?session=0123abcd")
    assert reads == []


def test_runs_of_one_environment_are_recognized_whoever_records_them(reads: list[str]) -> None:
    lab = terrarium.connect("dev")
    own = terrarium.connect("dev", session=another_session("own", reads))
    elsewhere = Connection(example_manifest("prod"), Session(another_session("elsewhere", reads)))
    assert own.connection.has_tracking_uri(lab.tracking_uri)
    assert not elsewhere.has_tracking_uri(lab.tracking_uri)
    assert not own.connection.has_tracking_uri("file:///mlruns")


def test_the_packages_of_a_job_are_read_with_the_session_of_the_lab(reads: list[str]) -> None:
    lab = terrarium.connect("dev", session=another_session("own", reads))
    vars(lab.connection)["mlflow_client"] = Client()
    for compute in (lab.compute, lab.compute.local()):
        with pytest.raises(RunRequestedError, match=_RUN):
            compute.submit(["true"], code=None, packages=_RUN)
    assert reads == ["own"]
