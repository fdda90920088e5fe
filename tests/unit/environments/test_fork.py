"""A fork that replaces the environments: its tests pass, and its own files are checked."""

import os
import subprocess
from pathlib import Path

import pytest

_CHECKOUT = Path(__file__).parents[3]
# Every suite that reads `environments/`, except tests that deploy.
_SUITES = (
    "tests/docs",
    "tests/policies",
    "tests/prose",
    "tests/stacks",
    "tests/unit/environments",
    "tests/unit/modules",
    "tests/unit/operations",
    "tests/unit/workflows",
)
_INSTALLED_FROM = (
    "package-lock.json",
    "package.json",
    "pyproject.toml",
    "requirements/development.txt",
    "requirements/policy.txt",
    "requirements/uv.txt",
    "src/terrarium_sandbox/pyproject.toml",
)
_FIRST = """
account = "{account}"
region = "eu-north-1"
tier = "{tier}"
owner = "platform"
cost_center = "research"

[network]
cidr = "10.{number}.0.0/16"

[access]
github_repository = "acme/platform"
"""
_FILES = {
    "sandbox-eu": _FIRST.format(account="555555555555", tier="disposable", number=50),
    "nonprod": _FIRST.format(account="666666666666", tier="standard", number=60)
    + '[delivery]\ndeploys_on = "main"\n[registry]\npromotes_from = "sandbox-eu"\n',
    "live": _FIRST.format(account="777777777777", tier="critical", number=70)
    + '[delivery]\ndeploys_on = "release"\n[registry]\npromotes_from = "nonprod"\n'
    + '[observability]\nemails = ["platform@acme.example"]\n',
}


@pytest.fixture
def fork(tmp_path: Path) -> Path:
    """A clone with three environments of other names, with the tools of this checkout."""
    clone = tmp_path / "fork"
    cloned = subprocess.run(
        ["git", "clone", "--quiet", str(_CHECKOUT), str(clone)], capture_output=True, text=True, check=False
    )
    if cloned.returncode:
        pytest.skip(f"the checkout is no git repository: {cloned.stderr}")
    for file in (clone / "environments").glob("*.toml"):
        file.unlink()
    for name, text in _FILES.items():
        (clone / "environments" / f"{name}.toml").write_text(text)
    for tools in (".venv", ".venv-policy", "node_modules"):
        (clone / tools).symlink_to(_CHECKOUT / tools)
    for (
        dependencies
    ) in _INSTALLED_FROM:  # older than the tools: make does not install them again, for the clone
        os.utime(clone / dependencies, (0, 0))
    return clone


def make(fork: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make in the clone."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("TERRARIUM", "PYTEST"))
    }
    return subprocess.run(
        ["make", *arguments],
        cwd=fork,
        env={**inherited, "PYTHONPATH": f"{fork / 'src'}:{fork}"},
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
def test_a_fork_with_three_environments_of_other_names_passes_its_tests(fork: Path) -> None:
    own = make(fork, "test-environments")
    assert own.returncode == 0, own.stdout + own.stderr
    kit = make(fork, "test", f"TESTS={' '.join(_SUITES)}")
    assert kit.returncode == 0, kit.stdout + kit.stderr


@pytest.mark.slow
def test_a_mistake_in_a_file_of_the_fork_is_reported_with_what_to_do(fork: Path) -> None:
    file = fork / "environments" / "nonprod.toml"
    file.write_text(file.read_text().replace('"sandbox-eu"', '"sandpit"'))
    done = make(fork, "test-environments")
    assert done.returncode != 0
    assert "set registry.promotes_from to one of live, sandbox-eu" in done.stdout
    assert "Traceback" not in done.stdout
