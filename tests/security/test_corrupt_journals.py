"""Corrupt journal folders do not prevent the recovery of others; a full disk does not end a training."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import terrarium
from terrarium.journal.line import lines_of
from terrarium.journal.paths import environment_journal, process_folders
from terrarium.record.storage import read_record
from tests.support.provisioning.environment import Account

pytest_plugins = ["tests.support.sdk_environment"]


def killed_run(lab: terrarium.Lab) -> tuple[str, Path]:
    """A run and its journal's folder, as a process leaves them that was killed."""
    with lab.experiment("spoilt").run(params={"depth": 3}) as run:
        pass
    record = read_record(lab.experiments.client, run.id).model_dump_json()
    lab.experiments.client.update_run(run.id, status="RUNNING")
    folder = environment_journal(lab.manifest) / run.id / "host-1-00000000"
    folder.mkdir(parents=True)
    (folder / "record.json").write_text(record)
    (folder / "00000000.points").write_bytes(lines_of({"loss": 0.5}, step=1, timestamp=1790000000000))
    return run.id, folder


def test_whatever_is_spoilt_stops_no_other(lab: terrarium.Lab) -> None:
    runs = dict(killed_run(lab) for _ in range(5))
    empty_end, empty_record, binary, locked, sound = runs
    (runs[empty_end] / "end.json").touch()
    (runs[empty_record] / "record.json").write_text("")
    (runs[binary] / "end.json").write_bytes(b"\xff\x00")
    (runs[locked] / "lock").mkdir()
    journal = environment_journal(lab.manifest)
    for folder in (journal, journal / sound, runs[sound]):
        (folder / ".DS_Store").write_bytes(b"\x00")
    (journal / "lost+found").mkdir()
    (journal / "lost+found" / "x").mkdir()
    report = lab.sync()
    assert report.ended == dict.fromkeys((empty_end, empty_record, binary, sound), "KILLED")
    assert report.points == 4
    assert list(report.failed) == [str(runs[locked])]
    assert report.unknown == ()
    for run in (empty_end, empty_record, binary, sound):
        assert lab.experiments.client.get_run(run).data.metrics == {"loss": 0.5}
    assert [folder for _, folder in process_folders(journal)] == [runs[locked]]
    (runs[locked] / "lock").rmdir()
    assert lab.sync().ended == {locked: "KILLED"}


_TRAIN = """
import os, terrarium

lab = terrarium.connect()
with lab.experiment("full disk of a job").run("on a full disk") as run:
    run.log_metrics({"a": 1.0})
    try:
        with open(os.environ["TERRARIUM_JOURNAL"] + "/fill", "wb") as file:
            while True:
                file.write(b"x" * 4096)
                file.flush()
    except OSError:
        pass
    run.log_metrics({"a": 2.0}, step=1)
    run.log_params({"depth": 3})
    run.set_tags({"colour": "green"})
    run.log_architecture("resnet")
    run.log_metrics({"a": 3.0}, step=2)
print(run.id)
"""


def test_a_disk_that_fills_in_the_middle_of_a_run_costs_nothing(
    lab: terrarium.Lab, account: Account, tmp_path: Path
) -> None:
    journal = tmp_path / "journal"
    journal.mkdir()
    script = f'mount -t tmpfs -o size=64k none "{journal}" && exec "{sys.executable}" -c "$0"'
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, _TRAIN],
        env=account.environ()
        | {"TERRARIUM_JOURNAL": str(journal), "TERRARIUM_ENVIRONMENT": lab.environment}
        | {name: os.environ[name] for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME", "HOME")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    run = done.stdout.strip()
    history = lab.experiments.client.get_metric_history(run, "a")
    assert [(point.step, point.value) for point in history] == [(0, 1.0), (1, 2.0), (2, 3.0)]
    found = lab.experiments.client.get_run(run)
    assert found.info.status == "FINISHED"
    assert found.data.params == {"depth": "3"}
    assert found.data.tags["colour"] == "green"
    record = read_record(lab.experiments.client, run)
    assert record.architecture is not None
    assert record.architecture.name == "resnet"
    assert record.evaluation is not None
    assert record.evaluation.metrics == {"a": 3.0}
