"""Feature views in the metadata database, their tables in Glue and S3."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

import terrarium
from terrarium.errors import ArgumentError
from terrarium.features import Entity, Feature, FeatureView
from terrarium.features.errors import (
    FeatureConstraintError,
    FeatureDefinitionError,
    FeatureNotFoundError,
    FeatureViewHeldError,
)

pytest_plugins = ["tests.support.sdk_environment"]


def test_applying_the_same_definition_again_changes_nothing(lab: terrarium.Lab) -> None:
    view = _view("registry_same")
    (first,), (again,) = lab.features.apply(view), lab.features.apply(view)
    assert (first.version, first.change) == (1, "new")
    assert (again.version, again.revision, again.change) == (1, 1, "none")
    assert lab.features.get("registry_same").view == view


def test_an_incompatible_change_creates_a_new_version_and_names_the_change(lab: terrarium.Lab) -> None:
    """The old version stays available."""
    lab.features.apply(_view("registry_noticed"))
    (applied,) = lab.features.apply(
        _view("registry_noticed", features=(Feature(name="minutes", dtype="long"),))
    )
    assert (applied.version, applied.change) == (2, "incompatible")
    assert "feature minutes was double, is long" in str(applied)
    assert lab.features.get("registry_noticed", 1).view.dtypes["minutes"] == "double"
    assert lab.features.get("registry_noticed").view.dtypes["minutes"] == "long"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"ttl": timedelta(days=1)}, "ttl was None, is 1 day"),
        ({"source": "elsewhere"}, "source was registry.source, is elsewhere"),
        ({"event_time": "seen_at"}, "event_time was event_time, is seen_at"),
        (
            {"entities": (Entity(name="registry_account", key="account_id"),)},
            "are registry_account by account_id",
        ),
        ({"features": (Feature(name="calls", dtype="long"),)}, "feature minutes is gone"),
        (
            {"features": (Feature(name="calls", dtype="long"), Feature(name="minutes", dtype="double"))},
            "the order of features changed",
        ),
    ],
)
def test_names_every_incompatible_change(lab: terrarium.Lab, change: dict[str, Any], told: str) -> None:
    name = f"registry_meaning_{next(iter(change))}_{len(str(change))}"
    lab.features.apply(_view(name))
    (applied,) = lab.features.apply(_view(name, **change))
    assert told in str(applied)


def test_compatible_changes_are_revisions_of_one_version(lab: terrarium.Lab) -> None:
    lab.features.apply(_view("registry_revised"))
    features = (Feature(name="minutes", dtype="double", minimum=0), Feature(name="calls", dtype="long"))
    (applied,) = lab.features.apply(_view("registry_revised", features=features, owner="billing"))
    assert (applied.version, applied.revision, applied.change) == (1, 2, "compatible")
    assert applied.details == (
        "owner changed",
        "feature calls added",
        "the description or constraints of minutes changed",
    )
    assert [(one.version, one.revision) for one in lab.features.history("registry_revised")] == [
        (1, 2),
        (1, 1),
    ]


def test_one_entity_has_one_key(lab: terrarium.Lab) -> None:
    lab.features.apply(_view("registry_keyed", entities=(Entity(name="registry_shop", key="shop_id"),)))
    other = _view("registry_otherwise", entities=(Entity(name="registry_shop", key="shop_number"),))
    with pytest.raises(FeatureDefinitionError, match="registry_shop"):
        lab.features.apply(other)
    with pytest.raises(FeatureNotFoundError):
        lab.features.get("registry_otherwise")


def test_searches_views_by_text_entity_owner_and_tag(lab: terrarium.Lab) -> None:
    lab.features.apply(
        _view("registry_found", owner="finders", tags={"domain": "registry"}, description="Of the KEEPERS")
    )

    def found(*text: str, **conditions: Any) -> list[str]:
        return [one.view.name for one in lab.features.search(*text, **conditions)]

    assert found("keepers") == ["registry_found"]
    assert found("keepers", owner="losers") == []
    assert found(owner="finders", tags={"domain": "registry"}) == ["registry_found"]
    assert "registry_found" in found("MINUTES", entity="registry_customer")


def test_errors_name_existing_views_and_versions(lab: terrarium.Lab) -> None:
    lab.features.apply(_view("registry_there"))
    with pytest.raises(FeatureNotFoundError, match="registry_there"):
        lab.features.get("registry_nowhere")
    with pytest.raises(FeatureNotFoundError, match="its latest version is 1"):
        lab.features.get("registry_there", 7)


def test_reads_written_rows_in_a_training_set(lab: terrarium.Lab) -> None:
    """In the environment's own catalog and bucket."""
    lab.features.apply(_view("registry_written", source="registry.written"))
    lab.features.write("registry_written", [_row(1, 1, 10.0), _row(1, 3, 30.0)])
    rows = [{"customer_id": 1, "event_time": _at(hour)} for hour in (0, 2, 4)]
    made = lab.features.training_set(rows, ["registry_written:minutes"])
    assert made.table["minutes"].to_pylist() == [None, 10.0, 30.0]
    lab.features.write("registry_written", [_row(1, 2, 20.0)])
    again = lab.features.training_set(rows, ["registry_written:minutes"], snapshots=made.snapshots)
    assert again.digest == made.digest


def test_concurrent_writes_all_succeed_also_the_first_ones(lab: terrarium.Lab) -> None:
    """Each of them finds no table, or that of another."""
    lab.features.apply(_view("registry_contended", source="registry.contended"))
    with ThreadPoolExecutor(4) as pool:
        snapshots = pool.map(
            lambda customer: lab.features.write("registry_contended", [_row(customer, 1, float(customer))]),
            range(8),
        )
    assert len(set(snapshots)) == 8
    entities = [{"customer_id": customer, "event_time": _at(2)} for customer in range(8)]
    training = lab.features.training_set(entities, features=["registry_contended:minutes"])
    assert training.table["minutes"].to_pylist() == [float(customer) for customer in range(8)]


def test_refuses_all_rows_if_some_violate_a_constraint(lab: terrarium.Lab) -> None:
    minutes = Feature(name="minutes", dtype="double", minimum=0, required=True)
    lab.features.apply(_view("registry_promise", source="registry.promise", features=(minutes,)))
    rows = [_row(1, 1, 1.0), _row(2, 1, -1.0), _row(3, 1, None), _row(4, 1, float("nan"))]
    with pytest.raises(FeatureConstraintError, match=r"1 rows have none\n.*1 rows are below 0"):
        lab.features.write("registry_promise", rows)
    with pytest.raises(FeatureNotFoundError, match="does not exist"):
        lab.features.training_set([{"customer_id": 1, "event_time": _at(2)}], ["registry_promise:minutes"])


def _view(name: str, **changes: Any) -> FeatureView:
    view: dict[str, Any] = {
        "name": name,
        "source": "registry.source",
        "entities": (Entity(name="registry_customer", key="customer_id"),),
        "features": (Feature(name="minutes", dtype="double"),),
        "owner": "growth",
    }
    return FeatureView.model_validate(view | changes)


def _at(hour: int) -> datetime:
    return datetime(2026, 1, 1, hour, tzinfo=UTC)


def _row(customer: int, hour: int, minutes: float | None) -> dict[str, Any]:
    return {"customer_id": customer, "event_time": _at(hour), "minutes": minutes}


def test_notes_that_the_dataset_of_a_view_does_not_exist(lab: terrarium.Lab) -> None:
    (applied,) = lab.features.apply(_view("registry_nowhere", source="registry.nowehre"))
    assert "dataset 'registry.nowehre', does not exist yet" in str(applied)


def test_refuses_a_view_whose_dataset_lacks_its_columns(lab: terrarium.Lab) -> None:
    lab.datasets.create(
        "registry.fitting", pa.table({"customer_id": ["a"], "minutes": [1.0], "event_tmie": [1]})
    )
    with pytest.raises(FeatureDefinitionError, match="no column 'event_time'") as caught:
        lab.features.apply(_view("registry_unfit", source="registry.fitting"))
    assert "did you mean 'event_tmie'?" in caught.value.remedy
    assert lab.features.search("registry_unfit") == []


def test_refuses_an_unknown_engine(lab: terrarium.Lab) -> None:
    with pytest.raises(ArgumentError, match="atena"):
        lab.features.training_set([], ["a:b"], engine="atena")  # type: ignore[arg-type] # the point of it


def test_versions_of_a_deleted_view_are_never_used_again(lab: terrarium.Lab) -> None:
    """Items of the deleted view may be online for as long as its ttl."""
    name = "registry_dropped"
    lab.features.apply(_view(name))
    lab.features.apply(_view(name, ttl=timedelta(days=1)))
    lab.features.drop(name)
    assert lab.features.history(name) == []
    with pytest.raises(FeatureNotFoundError):
        lab.features.get(name)
    with pytest.raises(FeatureNotFoundError):
        lab.features.drop(name)
    (again,) = lab.features.apply(_view(name))
    assert (again.version, again.change) == (3, "new")
    lab.features.drop(name)
    (again,) = lab.features.apply(_view(name))
    assert again.version == 4


def test_deletes_a_view_that_a_run_read_only_by_force(lab: terrarium.Lab) -> None:
    name = "registry_read"
    lab.features.apply(_view(name, source="registry.read"))
    lab.features.write(name, [{"customer_id": 1, "event_time": _at(1), "minutes": 1.0}])
    with lab.experiment("registry read").run() as run:
        lab.features.training_set([{"customer_id": 1, "event_time": _at(2)}], [f"{name}:minutes"])
    with pytest.raises(FeatureViewHeldError, match=run.id[:8]) as caught:
        lab.features.drop(name)
    assert f"terrarium features drop {name} --force" in caught.value.remedy
    assert lab.features.get(name).version == 1
    lab.features.drop(name, force=True)
    with pytest.raises(FeatureNotFoundError):
        lab.features.get(name)
