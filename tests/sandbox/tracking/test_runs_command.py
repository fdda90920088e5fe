"""The commands of `terrarium runs`: search, formats, deletion and restoration."""

import csv
import io
import json
import math

import pytest
from click.testing import CliRunner, Result

import terrarium
from terrarium.cli.runs import runs
from terrarium.experiments.errors import RunNotFoundError
from terrarium.record.run_summary import RunSummary
from terrarium.search.errors import SearchTextError

pytest_plugins = ["tests.support.sdk_environment"]


def typed(lab: terrarium.Lab, *arguments: str, columns: str = "160") -> Result:
    """Type `terrarium runs <arguments>`."""
    done = CliRunner().invoke(
        runs,
        arguments,
        env={"TERRARIUM_ENVIRONMENT": lab.environment, "COLUMNS": columns},
        catch_exceptions=False,
    )
    assert done.exit_code == 0, done.output
    return done


@pytest.fixture
def recorded(lab: terrarium.Lab) -> str:
    """The id of a run of depth 7, beside another of its experiment."""
    for depth in (3, 7):
        with lab.experiment("typed").run(f"depth {depth}", params={"depth": depth}) as run:
            run.log_metrics({"roc_auc": depth / 10})
    return run.id


def test_listed_runs_are_those_asked_for(lab: terrarium.Lab, recorded: str) -> None:
    where = f"params.depth > 5 and like(run_id, '{recorded[:8]}*')"
    table = typed(lab, "list", where, "--order-by", "metrics.roc_auc desc").output
    assert "depth 7" in table
    assert "0.7" in table
    assert "depth 3" not in table
    (line,) = typed(lab, "list", where, "--format", "json").output.splitlines()
    assert json.loads(line)["id"] == recorded
    (cells,) = csv.DictReader(io.StringIO(typed(lab, "list", where, "--format", "csv").output))
    assert (cells["id"], cells["params.depth"], cells["metrics.roc_auc"]) == (recorded, "7", "0.7")


def test_a_deleted_run_is_found_among_the_deleted_until_it_is_restored(
    lab: terrarium.Lab, recorded: str
) -> None:
    here = f"run_id == '{recorded}'"
    typed(lab, "delete", recorded[:12])
    assert lab.experiments.search(here) == []
    assert [run.id for run in lab.experiments.search(here, deleted=True)] == [recorded]
    typed(lab, "restore", recorded[:12])
    (restored,) = lab.experiments.search(here)
    assert (restored.params, restored.metrics) == ({"depth": "7"}, {"roc_auc": 0.7})


def test_a_run_is_named_by_the_beginning_of_its_id_if_no_other_has_it(
    lab: terrarium.Lab, recorded: str
) -> None:
    assert lab.experiments.identify(recorded[:12].upper()) == recorded
    with pytest.raises(RunNotFoundError, match="more than one"):
        lab.experiments.identify("")
    with pytest.raises(RunNotFoundError, match="no run"):
        lab.experiments.identify("nothing")


def test_tiny_and_infinite_metrics_are_shown_as_they_are(lab: terrarium.Lab) -> None:
    with lab.experiment("extreme").run("extreme") as run:
        run.log_metrics({"tiny": 1e-6, "infinite": math.inf, "missing": math.nan})
    here = f"run_id == '{run.id}'"
    table = typed(lab, "list", here).output
    assert "extreme" in table
    assert {"1e-06", "inf", "nan"} <= set(table.split())
    (line,) = typed(lab, "list", here, "--format", "json").output.splitlines()
    assert json.loads(line)["metrics"] == {"infinite": "Infinity", "missing": "NaN", "tiny": 1e-6}
    assert RunSummary.model_validate_json(line).metrics["infinite"] == math.inf


def test_a_name_with_brackets_or_escapes_keeps_the_list_readable(lab: terrarium.Lab) -> None:
    """One such name must not end the command for everybody."""
    names = ("a[/]b", "grid [lr=0.1]", "[unit: EUR]")
    for name in names:
        with lab.experiment("brackets").run(name):
            pass
    listed = typed(lab, "list", "experiment == 'brackets'").output
    assert all(name in listed for name in names)


def test_trials_and_reproductions_are_counted_and_listed_on_demand(lab: terrarium.Lab) -> None:
    with lab.experiment("counted").run("candidate") as run:
        run.optimize(lambda trial, _: trial.suggest_float("depth", 1, 9), trials=2, metric="depth")
    with lab.experiment("counted").run("again", tags={"terrarium.reproduces": run.id}):
        pass
    here = "experiment == 'counted'"
    listed = typed(lab, "list", here).output
    assert "candidate" in listed
    assert "again" not in listed
    assert "1 of 1 runs; 3 nested runs and reproductions are not shown: --nested" in listed
    assert "4 of 4 runs" in typed(lab, "list", here, "--nested").output
    assert "2 of 2 runs" in typed(lab, "list", f"tags.mlflow.parentRunId == '{run.id}'").output
    assert "1 of 4 runs; --limit lists more" in typed(lab, "list", here, "--nested", "--limit", "1").output


def test_columns_are_chosen_and_names_stay_readable_in_a_narrow_terminal(lab: terrarium.Lab) -> None:
    for seed in (1, 2):
        with lab.experiment("columns").run(
            f"gradient boosting, {seed}", params={"depth": 5, "criterion": "friedman"}
        ) as run:
            run.log_metrics({"average_precision.fold": 0.5, "roc_auc": 0.75, "a_metric_of_a_long_name": 2.5})
    here = "experiment == 'columns'"
    narrow = typed(lab, "list", here, columns="80").output
    assert narrow.count("gradient boosting, ") == 2
    assert "roc_auc" in narrow.partition("other metrics: ")[0]
    assert "average_precision.fold" in narrow.partition("other metrics: ")[2]
    assert all(len(line) <= 80 for line in narrow.splitlines() if "│" in line)
    chosen = typed(lab, "list", here, "--column", "params.criterion", "--column", "use_case.name").output
    assert "friedman" in chosen
    assert "roc_auc" not in chosen
    refused = CliRunner().invoke(
        runs, ["list", "--column", "depth"], env={"TERRARIUM_ENVIRONMENT": lab.environment}
    )
    assert isinstance(refused.exception, SearchTextError)
