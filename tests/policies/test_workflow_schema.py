"""GitHub's own schema takes the workflows."""

import subprocess
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.usefixtures("tools")
@pytest.mark.parametrize(
    ("schema", "folder"), [("workflows", ".github/workflows"), ("actions", ".github/actions/setup")]
)
def test_githubs_schema_takes(schema: str, folder: str) -> None:
    tool = str(_ROOT / ".venv-policy" / "bin" / "check-jsonschema")
    files = [str(file) for file in sorted((_ROOT / folder).glob("*.yml"))]
    done = subprocess.run(
        [tool, "--builtin-schema", f"vendor.github-{schema}", *files],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
