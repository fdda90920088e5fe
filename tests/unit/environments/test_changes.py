"""Changes of fields: each field declares how a deployment applies them."""

from typing import Any

import pytest

from environments import load_environments
from environments.fields import changed_fields, declared_fields
from tests.support.planned_changes import with_changes

FIELDS = tuple(declared_fields())


@pytest.fixture(scope="module")
def deployed() -> dict[str, Any]:
    """The deployed configuration of a disposable environment with a user of notebooks."""
    config = next(config for config in load_environments() if config.tier == "disposable")
    changed = with_changes(config, {"workbench.users": ["ada", "bob"], "metadata.engine_version": "16.8"})
    return changed.model_dump(mode="json", exclude_none=True)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.path)
def test_each_field_declares_how_every_change_of_it_is_applied(field: Any) -> None:
    assert field.changes, f"write `Annotated[…, IN_PLACE]` or another Change at {field.path}"
    assert field.changes[-1].case == "changed"
    assert field.changes[-1].while_used is None


def test_what_is_not_plainly_in_place_says_how() -> None:
    silent = [
        field.path
        for field in FIELDS
        for change in field.changes
        if change.effect != "in place" and not change.how
    ]
    assert silent == []


def test_refused_fields_of_listed_sections_are_those_of_one_list() -> None:
    """The stack compares items of the same name with the deployed ones: `stacks/refused_changes.py`."""
    paths = [field.path for field in FIELDS if any(change.effect == "refused" for change in field.changes)]
    assert [path for path in paths if path.count("*") > 1] == []


@pytest.mark.parametrize(
    ("path", "value", "effect"),
    [
        ("network.cidr", "10.99.0.0/16", "refused"),
        ("network.availability_zones", 3, "in place"),
        ("metadata.engine_version", "17.7", "in place with interruption"),
        ("metadata.engine_version", "16.11", "in place with interruption"),
        ("metadata.engine_version", "16", "in place"),
        ("metadata.engine_version", "15.10", "refused"),
        ("workbench.users", ["ada", "bob", "eve"], "in place"),
        ("workbench.users", ["bob"], "deleted"),
        ("workbench.disk_gib", 10, "refused"),
        ("workbench.direct_internet", False, "refused"),
    ],
)
def test_the_effect_depends_on_the_change(
    deployed: dict[str, Any], path: str, value: Any, effect: str
) -> None:
    section, name = path.split(".")
    (changed,) = changed_fields(deployed, {**deployed, section: {**deployed[section], name: value}})
    assert (changed.path, changed.new, changed.change.effect) == (path, value, effect)


def test_disks_of_notebooks_that_do_not_stay_may_shrink(deployed: dict[str, Any]) -> None:
    workbench = {**deployed["workbench"], "users": ["eve"], "disk_gib": 10}
    users, disk = changed_fields(deployed, {**deployed, "workbench": workbench})
    assert (users.path, users.change.effect) == ("workbench.users", "deleted")
    assert (disk.path, disk.change.effect) == ("workbench.disk_gib", "in place with interruption")


def test_listed_sections_are_compared_by_name(deployed: dict[str, Any]) -> None:
    cpu, gpu = deployed["compute"]["pools"]
    pools = [{**gpu, "disk_gib": 200}, {**cpu, "name": "large"}]
    listed, disk = changed_fields(deployed, {**deployed, "compute": {**deployed["compute"], "pools": pools}})
    assert (listed.path, listed.old, listed.new) == ("compute.pools", ["cpu", "gpu"], ["gpu", "large"])
    assert listed.change.effect == "deleted"
    assert (disk.path, disk.old, disk.new) == ("compute.pools.gpu.disk_gib", 100, 200)


def test_fields_that_the_deployed_release_did_not_have_are_changes(deployed: dict[str, Any]) -> None:
    metadata = {name: value for name, value in deployed["metadata"].items() if name != "instances"}
    (changed,) = changed_fields({**deployed, "metadata": {**metadata, "former": 1}}, deployed)
    assert (changed.path, changed.old, changed.new) == ("metadata.instances", None, 1)


def test_new_fields_that_are_empty_are_no_changes(deployed: dict[str, Any]) -> None:
    compute = {name: value for name, value in deployed["compute"].items() if name != "images"}
    assert deployed["compute"]["images"] == {}
    assert changed_fields({**deployed, "compute": compute}, deployed) == ()


def test_equal_configurations_have_no_changed_fields(deployed: dict[str, Any]) -> None:
    assert changed_fields(deployed, deployed) == ()
