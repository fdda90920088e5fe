"""Complete restoration of moto's objects, also of those that pickle alone cannot restore."""

import io
from pathlib import Path
from typing import Any

import pytest
from moto.backends import get_backend, list_of_moto_modules
from moto.batch.models import Job
from moto.core.base_backend import BackendDict
from moto.s3.models import FakeKey, s3_backends
from moto.s3.utils import _VersionedKeyStore

from terrarium_sandbox.state.object_bodies import ObjectBodies, StoredBody
from terrarium_sandbox.state.pickling import Pickler, Unpickler

_ACCOUNT = "123456789012"


@pytest.fixture
def bodies(tmp_path: Path) -> ObjectBodies:
    return ObjectBodies(tmp_path / "bodies")


def _restored(value: Any, bodies: ObjectBodies) -> Any:
    file = io.BytesIO()
    Pickler(file, bodies).dump(value)
    file.seek(0)
    return Unpickler(file, bodies).load()


def _services() -> list[str]:
    return [
        name
        for name in list_of_moto_modules()
        if name not in {"core", "moto_api", "moto_proxy", "moto_server", "s3bucket_path", "utilities"}
        and not name.endswith("_simple")
    ]


def _key(name: str, body: bytes) -> FakeKey:
    return FakeKey(name=name, value=body, account_id=_ACCOUNT, region_name="eu-central-1", is_versioned=True)


def test_the_backend_of_every_service_can_be_pickled(bodies: ObjectBodies) -> None:
    for service in _services():
        registry: Any = get_backend(service)  # type: ignore[call-overload] # any service
        regions = registry[_ACCOUNT].regions
        backend = registry[_ACCOUNT]["us-east-1" if "us-east-1" in regions else regions[0]]
        assert type(_restored(backend, bodies)) is type(backend), service


def test_a_registry_is_not_copied(bodies: ObjectBodies) -> None:
    assert isinstance(s3_backends, BackendDict)
    assert _restored(s3_backends, bodies) is s3_backends


def test_every_version_of_an_object_is_kept(bodies: ObjectBodies) -> None:
    store = _VersionedKeyStore()
    for body in (b"first", b"second"):
        store["key"] = _key("key", body)
    restored = _restored(store, bodies)
    assert [version.value for version in restored.getlist("key")] == [b"first", b"second"]


def test_a_large_body_becomes_a_file_that_is_written_once(bodies: ObjectBodies, tmp_path: Path) -> None:
    large = bytes(range(256)) * 1024
    key = _key("large", large)
    restored = _restored(key, bodies)
    assert isinstance(restored._value_buffer, StoredBody)
    assert restored.value == key.value == large
    (file,) = (tmp_path / "bodies").iterdir()
    written = file.stat().st_mtime_ns
    assert _restored(restored, bodies).value == large
    assert file.stat().st_mtime_ns == written


def test_a_deleted_object_that_something_still_refers_to_does_not_need_its_body(bodies: ObjectBodies) -> None:
    """A completed upload refers to its parts, whose bodies are gone by then."""
    key = _restored(_key("part", bytes(1024 * 1024)), bodies)
    key.dispose()
    bodies.retain(set())
    restored = _restored(key, bodies)
    assert (restored.name, restored.disposed) == ("part", True)


def test_a_job_that_is_a_thread_is_kept_and_does_not_run(bodies: ObjectBodies) -> None:
    job = Job.__new__(Job)
    vars(job).update(job_name="train", job_id="1", _status="SUCCEEDED")
    restored = _restored(job, bodies)
    assert (restored.job_name, restored.is_alive()) == ("train", False)
