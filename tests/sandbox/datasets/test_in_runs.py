"""Datasets in runs: splits, inputs, lineage, reproduction, requirements."""

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest

import terrarium
from terrarium.datasets import NotNull, Range, Split
from terrarium.datasets.errors import LeakageError, SelectionError
from terrarium.datasets.requirements import RequiredColumn
from terrarium.datasets.splitting.split import SplitPart
from terrarium.errors import InvalidRequestError
from tests.support.provisioning.environment import Account
from tests.support.reproducible_project import Project, commit_all

pytest_plugins = ["tests.support.sdk_environment"]


def customers(*numbers: int) -> pa.Table:
    return pa.table(
        {
            "id": list(numbers),
            "household": [number // 3 for number in numbers],
            "churned": [number % 4 == 0 for number in numbers],
            "joined": [dt.datetime(2026, 1, 1) + dt.timedelta(days=number) for number in numbers],
        }
    )


def members(split: Split, part: str) -> set[int]:
    return members_of(split.part(part))


def test_parts_are_disjoint_complete_and_stable_under_appends(lab: terrarium.Lab) -> None:
    lab.datasets.create("parted.customers", customers(*range(300)))
    split = lab.datasets.split("parted.customers", by="id", seed=7)
    parts = [members(split, name) for name in ("train", "validation", "test")]
    assert sorted(id_ for part in parts for id_ in part) == list(range(300))
    assert [part.rows for part in split.parts] == [len(part) for part in parts]
    lab.datasets.append("parted.customers", customers(*range(300, 400)))
    assert [members(split, name) for name in ("train", "validation", "test")] == parts, "it is pinned"
    later = lab.datasets.split("parted.customers", by="id", seed=7)
    assert all(members(later, part.name) >= members(split, part.name) for part in split.parts)


def test_parts_and_digests_do_not_depend_on_files_and_order(lab: terrarium.Lab) -> None:
    lab.datasets.create("parted.whole", customers(*range(100)))
    lab.datasets.create("parted.pieces", customers(*range(60, 100)))
    lab.datasets.append("parted.pieces", customers(*range(60)))
    for strategy, arguments in {
        "random": {"by": "id"},
        "grouped": {"by": "household"},
        "stratified": {"by": "id", "stratify": "churned"},
        "time": {"by": "joined"},
    }.items():
        one = lab.datasets.split("parted.whole", strategy=strategy, **arguments)  # type: ignore[arg-type] # of the table
        other = lab.datasets.split("parted.pieces", strategy=strategy, **arguments)  # type: ignore[arg-type] # above
        assert [part.digest for part in one.parts] == [part.digest for part in other.parts]
        assert members(one, "train") == members(other, "train")


def test_reads_chosen_columns_and_rows_of_parts(lab: terrarium.Lab) -> None:
    lab.datasets.create("parted.chosen", customers(*range(50)))
    train = lab.datasets.split("parted.chosen", by="id", train=0.8, validation=0, test=0.2).train
    chosen = train.read(["churned"], where="churned = true")
    assert chosen.to_arrow().column_names == ["churned"]
    assert chosen.count() == sum(number % 4 == 0 for number in members_of(train))
    assert train.read().to_pandas().shape == (train.rows, 4)


def members_of(part: SplitPart) -> set[int]:
    return set(part.read(["id"]).to_arrow()["id"].to_pylist())


def test_finds_leakage(lab: terrarium.Lab) -> None:
    data = pa.concat_tables(
        [customers(*range(200)), customers(*range(200, 400)).set_column(0, "id", [list(range(200))])]
    )
    lab.datasets.create("leaking.customers", data)
    split = lab.datasets.split("leaking.customers", by="id")
    assert split.leakage().keys == 0
    report = split.leakage(group="household", time="joined")
    assert report.groups
    assert report.time_overlap
    with pytest.raises(LeakageError, match=r"'leaking\.customers' share [\d,]+ groups"):
        report.raise_for_leakage(dataset="leaking.customers")
    by_time = lab.datasets.split("leaking.customers", by="joined", strategy="time")
    assert by_time.leakage(time="joined").time_overlap == ()
    assert by_time.leakage(key="id").keys


def test_refuses_a_key_in_two_strata_unless_allowed(lab: terrarium.Lab) -> None:
    twice = pa.table({"id": [*range(100), *range(50, 150)], "label": [0] * 100 + [1] * 100})
    lab.datasets.create("leaking.strata", twice)
    with pytest.raises(LeakageError, match="keys"):
        lab.datasets.split("leaking.strata", by="id", strategy="stratified", stratify="label", test=0.15)
    allowed = lab.datasets.split(
        "leaking.strata", by="id", strategy="stratified", stratify="label", leakage="allow"
    )
    assert sum(part.rows or 0 for part in allowed.parts) == 200


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"by": "id", "strategy": "weekly"}, "argument 'strategy' cannot be 'weekly'"),
        ({"by": "id", "strategy": "stratified"}, "needs columns to stratify by"),
        ({"by": "id", "stratify": "churned"}, "has no columns to stratify by"),
        ({"by": ("id", "joined"), "strategy": "time"}, "exactly one column"),
        ({"by": "id", "cuts": (3,)}, "has no cuts"),
        ({"by": ()}, "at least one column"),
    ],
)
def test_refuses_invalid_splits(arguments: dict[str, object], said: str, lab: terrarium.Lab) -> None:
    with pytest.raises(InvalidRequestError, match=said):
        lab.datasets.split(_known(lab), **arguments)  # type: ignore[arg-type] # wrong on purpose


def _known(lab: terrarium.Lab) -> str:
    if not lab.datasets.search(name="parted.anyhow"):
        lab.datasets.create("parted.anyhow", customers(1, 2, 3))
    return "parted.anyhow"


def test_refuses_a_split_by_an_unknown_column(lab: terrarium.Lab) -> None:
    with pytest.raises(SelectionError, match="no column 'key'"):
        lab.datasets.split(_known(lab), by="key")


def test_every_row_is_in_one_validation_fold(lab: terrarium.Lab) -> None:
    lab.datasets.create("folded.customers", customers(*range(160)))
    for arguments in ({"by": "household"}, {"by": "id", "strategy": "stratified", "stratify": "churned"}):
        folds = lab.datasets.folds("folded.customers", folds=4, **arguments)  # type: ignore[arg-type] # above
        validated = [members(fold, "validation") for fold in folds]
        assert sorted(id_ for part in validated for id_ in part) == list(range(160))
        assert all(
            members(fold, "train") == set(range(160)) - part
            for fold, part in zip(folds, validated, strict=True)
        )
    assert [fold.validation.rows for fold in folds] == [40] * 4
    assert len({fold.train.digest for fold in folds}) == 4
    assert folds[1].strategy == "fold 2 of 4, stratified of churned by id"


def test_a_run_records_its_split_and_the_datasets_that_it_reads_and_writes(lab: terrarium.Lab) -> None:
    first = lab.datasets.create("traced.customers", customers(*range(60)))
    plans = lab.datasets.create("traced.plans", pa.table({"code": ["s"]}))
    split = lab.datasets.split("traced.customers", by="id")
    with lab.experiment("traced").run(splits=split) as run:
        assert run.use(plans, context="lookup").read().count() == 1
        written = lab.datasets.append("traced.customers", customers(60))
        recorded = run.record.splits
    assert recorded is not None
    assert recorded.model_dump() == split.model_dump()
    inputs = lab.experiments.client.get_run(run.id).inputs
    assert inputs is not None
    assert {given.dataset.name for given in inputs.dataset_inputs} == {"traced.customers", "traced.plans"}
    lineage = lab.datasets.get("traced.customers").lineage()
    assert [(writer.snapshot_id, writer.run) for writer in lineage.written] == [
        (written.snapshot_id, run.id),
        (first.snapshot_id, None),
    ]
    (reader,) = lineage.read
    assert (reader.run, reader.experiment, reader.snapshot_id) == (run.id, "traced", first.snapshot_id)
    assert sorted(reader.contexts) == ["test", "train", "validation"]
    (looked_up,) = lab.datasets.get("traced.plans").lineage().read
    assert (looked_up.snapshot_id, looked_up.contexts) == (plans.snapshot_id, ("lookup",))
    tags = lab.experiments.client.get_run(run.id).data.tags
    assert tags[f"terrarium.datasets.written.traced.customers.{written.snapshot_id}"] == "append"


_TRAIN = """
import terrarium

lab = terrarium.connect()
split = lab.datasets.split("again.customers", by="id", seed=7)
labels = lab.datasets.get("again.labels")
moving = lab.datasets.get("again.moving").at(tag="current")
with lab.experiment("again").run("once", params={}, splits=split, seed=1) as run:
    run.use(labels)
    run.use(moving)
    total = sum(split.train.read(["id"]).to_arrow()["id"].to_pylist())
    run.log_metrics({"value": float(total + labels.read().count() + moving.read().count())})
"""


def test_a_reproduced_run_reads_the_recorded_versions(
    lab: terrarium.Lab, account: Account, tmp_path: Path
) -> None:
    for name in ("again.customers", "again.labels", "again.moving"):
        lab.datasets.create(name, customers(*range(40))).tag("current")
    project = Project(tmp_path, account)
    project.make()
    (project.code / "train.py").write_text(_TRAIN)
    commit_all(project.code)
    done = project.type("train.py")
    assert done.returncode == 0, done.stderr
    (run,) = lab.experiments.runs("again")
    lab.datasets.append("again.customers", customers(*range(40, 80)))
    lab.datasets.overwrite("again.labels", customers(1))
    again = project.reproduce(run.id, "--here", "--verify")
    assert "match: 1 metrics" in again.stdout, again.stdout + again.stderr


def test_a_reproduced_run_on_other_data_names_the_dataset(
    lab: terrarium.Lab, account: Account, tmp_path: Path
) -> None:
    """A tag is pinned by the code itself: if it was moved, the difference is reported."""
    made = lab.datasets.create("moved.customers", customers(*range(40))).tag("current")
    project = Project(tmp_path, account)
    project.make()
    script = """
import terrarium

lab = terrarium.connect()
split = lab.datasets.split(lab.datasets.get("moved.customers").at(tag="current"), by="id", seed=7)
with lab.experiment("moved").run("once", params={}, splits=split, seed=1) as run:
    run.log_metrics({"value": float(split.train.rows)})
"""
    (project.code / "train.py").write_text(script)
    commit_all(project.code)
    done = project.type("train.py")
    assert done.returncode == 0, done.stderr
    (run,) = lab.experiments.runs("moved")
    later = lab.datasets.append("moved.customers", customers(*range(40, 80))).tag("current", move=True)
    again = project.reproduce(run.id, "--here", "--verify")
    named = "the first difference is data: train of moved.customers: snapshot"
    assert f"{named} {made.snapshot_id}" in again.stdout, again.stdout + again.stderr
    assert f"-> snapshot {later.snapshot_id}" in again.stdout


def test_stores_a_requirement_with_its_use_case_and_checks_the_dataset(lab: terrarium.Lab) -> None:
    card = terrarium.UseCase(
        name="requiring",
        task="regression",
        business_impact="some",
        evaluation_metric="mae",
        data=("needed.usage",),
        training_requirements="none",
        serving_requirements="none",
    )
    requirement = terrarium.DataRequirement(
        dataset="needed.usage",
        purpose="Usage shows churn",
        columns=(
            RequiredColumn(name="minutes", meaning="Of calls", type="double"),
            RequiredColumn(name="day", meaning="Of the calls", type="timestamp[us, tz=UTC]"),
        ),
        constraints=(NotNull(column="minutes"), Range(column="minutes", maximum=1440)),
        minimum_rows=3,
        time_column="day",
        freshness=dt.timedelta(days=2),
        history=dt.timedelta(days=365),
        owner="network",
        consumer="churn",
    ).proposed(by="ada")
    assert lab.datasets.requirements(card) == ()
    lab.datasets.require(requirement, use_case=card)
    lab.datasets.require(requirement.approved(by="grace"), use_case="requiring")
    (kept,) = lab.datasets.requirements(card)
    assert kept == requirement.approved(by="grace").model_copy(update={"remarks": kept.remarks})
    page = lab.artifacts.get_bytes(lab.artifacts.latest("requirements/requiring/needed.usage.md")).decode()
    assert "| reviewer | grace |" in page

    absent = kept.check(lab)
    assert (absent.met, absent.snapshot_id) == (False, None)
    now = dt.datetime.now(dt.UTC)
    usage = pa.table(
        {"minutes": [1.0, 2000.0], "day": [now - dt.timedelta(days=9), now - dt.timedelta(days=8)]}
    )
    lab.datasets.create("needed.usage", usage)
    unmet = {finding.what: finding.found for finding in kept.check(lab).findings if not finding.met}
    assert unmet["minutes is at most 1440"] == "violated by 1 rows"
    assert unmet["at least 3 rows"] == "there are 2"
    assert unmet["day is at most 2 days, 0:00:00 old"].startswith("the latest is")
    assert unmet["day reaches back 365 days, 0:00:00"].startswith("the earliest is")
    assert len(unmet) == 4
    good = pa.table({"minutes": [1.0, 2.0, 3.0], "day": [now - dt.timedelta(days=400), now, now]})
    lab.datasets.overwrite("needed.usage", good)
    assert kept.check(lab).met
