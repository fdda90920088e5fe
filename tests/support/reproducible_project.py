"""A small git project in which a test can change each ingredient of a run separately."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support.provisioning.environment import Account

__all__ = ["Project", "commit_all"]

_TRAIN = """
import hashlib, json, os, random
from pathlib import Path

import dependency
import terrarium
from terrarium.record import Part

text = Path(os.environ["ROWS"]).read_text()
digest = f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
part = Part(name="train", dataset="rows", rows=text.count(","), digest=digest)
experiment = terrarium.connect().experiment("reproduced")
for name, share in {"half": 0.5, "whole": 1.0}.items():
    with experiment.run(
        name,
        params={"share": share},
        splits=terrarium.Splits(parts=(part,), strategy="all of it"),
        validation=terrarium.HoldOut(on="train"),
        seed=int(os.environ["SEED"]),
    ) as run:
        rows = json.loads(text)
        drawn = random.choices(rows, k=int(len(rows) * share))
        run.log_metrics({"value": dependency.FACTOR * sum(drawn)})
"""


@dataclass(frozen=True)
class Project:
    """A repository with `train.py`, and outside of it, rows, a seed and an installed package."""

    folder: Path
    account: Account

    @property
    def code(self) -> Path:
        """The checkout."""
        return self.folder / "code"

    def make(self) -> None:
        """Write all parts of the project, and commit the code."""
        self.code.mkdir()
        (self.code / "train.py").write_text(_TRAIN)
        self.write_rows([1, 2, 3, 4, 5, 6, 7, 8])
        self.install_dependency("1.0", factor=2)
        subprocess.run(["git", "init", "--quiet"], cwd=self.code, check=True)
        commit_all(self.code)

    def copy(self, folder: Path) -> "Project":
        """Return a copy of the project, for changes."""
        shutil.copytree(self.folder, folder)
        return Project(folder, self.account)

    def write_rows(self, rows: list[int]) -> None:
        """Write the data, outside of the repository."""
        (self.folder / "rows.json").write_text(str(rows))

    def install_dependency(self, version: str, *, factor: int) -> None:
        """Install the package that `train.py` imports, as a package manager would."""
        site = self.folder / "site"
        for old in site.glob("dependency-*/METADATA"):
            old.unlink()
            old.parent.rmdir()
        metadata = site / f"dependency-{version}.dist-info" / "METADATA"
        metadata.parent.mkdir(parents=True)
        metadata.write_text(f"Metadata-Version: 2.1\nName: dependency\nVersion: {version}\n")
        (site / "dependency.py").write_text(f"FACTOR = {factor}\n")

    def type(self, *command: str, seed: int = 7) -> subprocess.CompletedProcess[str]:
        """Run a command of this environment's in the checkout."""
        paths = [str(self.folder / "site"), *sys.path]
        variables = {
            "ROWS": str(self.folder / "rows.json"),
            "SEED": str(seed),
            "PYTHONPATH": ":".join(filter(None, paths)),
            "PYTHONDONTWRITEBYTECODE": "1",
            "TERRARIUM_ENVIRONMENT": "sdk",
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "XDG_STATE_HOME": str(self.folder / "state"),
            "COLUMNS": "160",
        }
        return subprocess.run(
            [sys.executable, *command],
            cwd=self.code,
            env=self.account.environ() | variables,
            capture_output=True,
            text=True,
            check=False,
        )

    def terrarium(self, *arguments: str, seed: int = 7) -> subprocess.CompletedProcess[str]:
        """Type `terrarium <arguments>` in the checkout."""
        return self.type("-c", "from terrarium.cli import main; main()", *arguments, seed=seed)

    def reproduce(self, *arguments: str, seed: int = 7) -> subprocess.CompletedProcess[str]:
        """Type `terrarium reproduce <arguments>`, confirmed, with the variables that `train.py` reads."""
        variables = ("--variable", "ROWS", "--variable", "SEED")
        return self.terrarium("reproduce", "--yes", *variables, *arguments, seed=seed)


def commit_all(folder: Path) -> None:
    """Commit whatever is there."""
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    subprocess.run(["git", "add", "--all"], cwd=folder, check=True)
    subprocess.run(["git", *identity, "commit", "--quiet", "-m", "Go on"], cwd=folder, check=True)
