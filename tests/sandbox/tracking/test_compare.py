"""Comparison of recorded runs: code from git, curves from the database."""

from pathlib import Path

import pytest

import terrarium
from terrarium.search import experiment, name
from tests.support.provisioning.environment import Account
from tests.support.reproducible_project import Project, commit_all

pytest_plugins = ["tests.support.sdk_environment"]


@pytest.fixture
def project(account: Account, tmp_path: Path) -> Project:
    made = Project(tmp_path, account)
    made.make()
    return made


def recorded(lab: terrarium.Lab, project: Project) -> str:
    done = project.type("train.py")
    assert done.returncode == 0, done.stderr
    return lab.experiments.search((experiment == "reproduced") & (name == "half"), limit=1)[0].id


def test_code_is_compared_with_its_patches_whether_the_repository_is_here_or_not(
    lab: terrarium.Lab, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = project.code / "train.py"
    first = recorded(lab, project)
    script.write_text(script.read_text().replace("sum(drawn)", "max(drawn)"))
    commit_all(project.code)
    script.write_text(script.read_text().replace("max(drawn)", "min(drawn)"))
    (project.code / "new.py").write_text("# untracked\n")
    second = recorded(lab, project)

    monkeypatch.chdir(project.code)
    here = lab.experiments.compare(first, second, metric="value", maximize=True)
    assert [run.id for run in here.runs] == [first, second]
    assert '-        run.log_metrics({"value": dependency.FACTOR * sum(drawn)})' in here.code[second]
    assert '+        run.log_metrics({"value": dependency.FACTOR * min(drawn)})' in here.code[second]
    assert "new.py" in here.code[second], "untracked files are code"
    assert {"metrics", "code"} <= {section.name for section in here.sections}

    monkeypatch.chdir(project.folder)
    away = lab.experiments.compare(first, second, metric="value", maximize=True)
    assert "not in this repository; its recorded patch:" in away.code[second]
    assert "min(drawn)" in away.code[second]
    listed = project.terrarium("compare", first[:10], second[:10])
    assert "min(drawn)" in listed.stdout, listed.stderr


def test_a_run_of_changed_code_is_made_again_with_its_patch(lab: terrarium.Lab, project: Project) -> None:
    script = project.code / "train.py"
    script.write_text(script.read_text().replace("sum(drawn)", "max(drawn)"))
    (project.code / "new.py").write_text("# untracked\n")
    run = recorded(lab, project)
    done = project.terrarium("reproduce", run, "--here")
    assert done.stdout.startswith("0 differences"), done.stderr
    script.write_text(script.read_text().replace("max(drawn)", "min(drawn)"))
    assert "code: train.py" in project.terrarium("reproduce", run, "--here").stdout


def test_curves_come_thinned_from_the_database(lab: terrarium.Lab) -> None:
    runs = []
    for slope in (1, 2):
        with lab.experiment("curved").run(f"slope {slope}", params={"slope": slope}) as run:
            for step in range(2000):
                run.log_metrics({"height": slope * step}, step=step)
            for step in range(3):
                run.log_metrics({"few": slope * step}, step=step)
            run.log_metrics({"once": 1.0})
        runs.append(run.id)
    comparison = lab.experiments.compare(*runs, metric="height")
    assert [run.name for run in comparison.runs] == ["slope 2", "slope 1"]
    curves = {(curve.run, curve.metric): curve for curve in comparison.curves}
    assert {metric for _, metric in curves} == {"height", "few"}, "what was logged once is no curve"
    assert curves[runs[1], "few"] == (runs[1], "few", [0, 1, 2], [0, 2, 4])
    thinned = curves[runs[1], "height"]
    assert len(thinned.steps) == 500
    assert thinned.values == pytest.approx([2 * step for step in thinned.steps]), (
        "means of both, on the same line"
    )
