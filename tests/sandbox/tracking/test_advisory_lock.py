"""Advisory locks of the metadata database."""

import terrarium
from terrarium.metadata.advisory_lock import advisory_lock, take_advisory_lock

pytest_plugins = ["tests.support.sdk_environment"]


def test_a_lock_has_one_holder_and_ends_with_its_transaction(lab: terrarium.Lab) -> None:
    writer = lab.metadata.writer
    with advisory_lock(writer, "some.lock"), writer.begin() as other:
        assert not take_advisory_lock(other, "some.lock", wait=False)
        assert take_advisory_lock(other, "another.lock", wait=False)
        assert not take_advisory_lock(other, "some.lock", shared=True, wait=False)
    with writer.begin() as other:
        assert take_advisory_lock(other, "some.lock", wait=False)


def test_a_shared_lock_has_several_holders(lab: terrarium.Lab) -> None:
    writer = lab.metadata.writer
    with advisory_lock(writer, "some.lock", shared=True), writer.begin() as other:
        assert take_advisory_lock(other, "some.lock", shared=True, wait=False)
        assert not take_advisory_lock(other, "some.lock", wait=False)
