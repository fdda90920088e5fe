"""Secrets in a working tree, a command line or a notebook are excluded from records and code snapshots."""

import json
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

import terrarium
from terrarium.capture.code import capture_code
from terrarium.capture.shipped import CODE_FILE, PATCH_FILE
from terrarium.compute.code.archive import pack
from terrarium.compute.code.files import CodeFiles
from terrarium.compute.code.unpacking import unpack
from terrarium.compute.errors import CodeNotShippableError
from terrarium.record.storage import read_record
from terrarium.secrets import SecretsLeftOutWarning
from tests.support.provisioning.environment import Account
from tests.support.reproducible_project import commit_all

pytest_plugins = ["tests.support.sdk_environment"]

_TOKEN = "ghp_" + "q7ZpR2mX9tLw4VbN8sKdJ3fHcY6gT1aE5uQo"
_TRAIN = f"""
import sys, terrarium
sys.argv.append("{_TOKEN[:4]}" + "{_TOKEN[4:]}")
lab = terrarium.connect()
with lab.experiment("leak").run("r", params={{"api_key": "{_TOKEN[4:24]}" + "{_TOKEN[24:]}", "depth": 3}}) as run:
    run.log_metrics({{"x": 1.0}})
    run.set_tags({{"note": "see " + "{_TOKEN[:4]}" + "{_TOKEN[4:]}"}})
print(run.id)
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with secrets that no .gitignore names: files, a changed line, a token in the remote's address."""
    folder = tmp_path / "checkout"
    (folder / ".streamlit").mkdir(parents=True)
    (folder / "train.py").write_text(_TRAIN)
    (folder / "settings.py").write_text("REGION = 'eu-central-1'\n")
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    commit_all(folder)
    remote = "https://git.example/team/repo.git?private_token=glpat-QUERYTOKEN"
    subprocess.run(["git", "remote", "add", "origin", remote], cwd=folder, check=True)
    (folder / ".env").write_text("OPENAI_API_KEY=SECRET-IN-DOTENV\n")
    (folder / "id_rsa").write_text("-----BEGIN OPENSSH PRIVATE " + "KEY-----\nSECRET-KEY\n")
    (folder / ".streamlit" / "secrets.toml").write_text("pw='SECRET-STREAMLIT'")
    (folder / "notes.txt").write_text(f"use {_TOKEN}\n")
    (folder / "new.py").write_text("x = 1\n")
    return folder


_SECRETS = ("SECRET-IN-DOTENV", "SECRET-KEY", "SECRET-STREAMLIT", "SECRET-IN-ARGV", "QUERYTOKEN", _TOKEN)


def test_a_run_records_no_secret_and_names_excluded_files(
    lab: terrarium.Lab, account: Account, checkout: Path
) -> None:
    with (checkout / "settings.py").open("a") as file:
        file.write(f"TOKEN = '{_TOKEN}'\n")
    done = subprocess.run(
        [sys.executable, "train.py", "--api-key=SECRET-IN-ARGV", "--password", "SECRET-IN-ARGV", "--rows=5"],
        cwd=checkout,
        env=account.environ() | {"TERRARIUM_ENVIRONMENT": lab.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    run = done.stdout.strip().splitlines()[-1]
    for named in (
        ".env",
        "id_rsa",
        ".streamlit/secrets.toml",
        "notes.txt",
        "settings.py",
        "--api-key",
        "api_key",
    ):
        assert named in done.stderr
    s3, bucket = boto3.client("s3"), lab.manifest.artifacts.bucket
    listed = s3.list_object_versions(Bucket=bucket, Prefix=lab.manifest.artifacts.experiments_prefix)
    keys = [version["Key"] for version in listed["Versions"] if run in version["Key"]]
    assert any(key.endswith("code.patch") for key in keys)
    texts = [s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode() for key in keys]
    with lab.metadata.writer.connect() as connection:
        for table in ("tags", "params"):
            rows = connection.exec_driver_sql(f"SELECT value FROM {table} WHERE run_uuid = '{run}'")
            texts += rows.scalars()
    assert not [secret for secret in _SECRETS for text in texts if secret in text]
    record = read_record(lab.experiments.client, run)
    assert record.code is not None
    assert record.code.repository == "https://git.example/team/repo.git"
    assert record.code.arguments == ("--api-key=***", "--password", "***", "--rows=5", "***")
    assert "settings.py (GitHub token in it)" in record.failures["code.patch"]
    assert ".env (its name)" in record.failures["code.patch"]
    assert "--api-key" in record.failures["code.arguments"]
    assert any("+x = 1" in text for text in texts), "all other changes are recorded"


def test_a_snapshot_holds_no_new_file_with_secrets_and_names_them(checkout: Path, tmp_path: Path) -> None:
    with pytest.warns(SecretsLeftOutWarning, match="id_rsa"):
        archive = pack(CodeFiles.of(checkout))
    unpack(archive, tmp_path / "there")
    sent = {path.relative_to(tmp_path / "there").as_posix(): path for path in (tmp_path / "there").rglob("*")}
    files = {name: path.read_text() for name, path in sent.items() if path.is_file()}
    assert files.keys() == {"train.py", "settings.py", "new.py", CODE_FILE, PATCH_FILE}
    assert not [secret for secret in _SECRETS for text in files.values() if secret in text]
    assert json.loads(files[CODE_FILE])["left_out"][".env"] == "its name", (
        "so that runs of the job have it on record"
    )


def test_a_snapshot_of_a_changed_file_with_secrets_is_refused(checkout: Path) -> None:
    (checkout / "settings.py").write_text(f"TOKEN = '{_TOKEN}'\n")
    with pytest.raises(CodeNotShippableError, match=r"settings\.py \(GitHub token in it\)"):
        pack(CodeFiles.of(checkout))


def test_cells_are_recorded_without_secrets(monkeypatch: pytest.MonkeyPatch, checkout: Path) -> None:
    monkeypatch.chdir(checkout)
    monkeypatch.setattr(
        "terrarium.capture.code.executed_cells", lambda: f"# %% [1]\n%env GH_TOKEN={_TOKEN}\ndepth = 3\n"
    )
    with pytest.warns(SecretsLeftOutWarning, match="line 2"):
        captured = capture_code()
    assert captured.cells == "# %% [1]\n%env GH_TOKEN=***\ndepth = 3\n"
    assert "line 2 (GitHub token)" in captured.failures["code.cells"]
