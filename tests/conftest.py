"""In which order, and on which process, tests run; that none is timed; and the policy tools, set up once."""

import os
import subprocess
from functools import cache
from pathlib import Path

import botocore.session
import pytest
from hypothesis import HealthCheck, settings

import cdktf_lean
from terrarium.checkout import ENVIRONMENTS, environments_folder
from terrarium.gc_tuning import collect_seldom

_ROOT = Path(__file__).parents[1]

# The tests of the kit have environments of their own, so that those of the checkout can be any. Before the tests are
# collected: some have a parameter for each environment. The processes of pytest-xdist inherit both variables.
OWN_ENVIRONMENTS = Path(
    os.environ.setdefault("TERRARIUM_OWN_ENVIRONMENTS", str(environments_folder(_ROOT).resolve()))
)
os.environ[ENVIRONMENTS] = str(_ROOT / "tests" / "environments")

# Tests of stacks load the provider's bindings as `python -m stacks` does: before anything imports cdktf.
cdktf_lean.enable()

# How long an example takes says something of the machine, and nothing of the code.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# A process that runs tests imports nearly everything there is, and looks through all of it for garbage else.
collect_seldom()

# What describes AWS' services to boto3, read once: nearly every test makes a session of its own.
botocore.session.create_loader = cache(botocore.session.create_loader)

# The fixtures that deploy by the real cdktf, for minutes, most of which Terraform waits.
_DEPLOYED = ("dev", "everywhere")


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in this same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file on one process, and all that looks at one deployment too; begin with those, end them with its end."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
        if _deployed(item) == "deployed everywhere":
            item.add_marker(pytest.mark.slow)  # four deployments, and the end of each
    items.sort(key=lambda item: (not _deployed(item), item.get_closest_marker("destroys") is not None))


def _group(item: pytest.Item) -> str:
    if "tools" in getattr(item, "fixturenames", ()):
        return "policy tools"  # which two processes must not install at once
    return _deployed(item) or str(item.path)


def _deployed(item: pytest.Item) -> str | None:
    fixtures = getattr(item, "fixturenames", ())
    return next((f"deployed {name}" for name in _DEPLOYED if name in fixtures), None)


@pytest.fixture(scope="session")
def tools() -> None:
    """checkov and cloudsplaining, in their own environment."""
    done = subprocess.run(["make", "policy-tools"], cwd=_ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"the tools cannot be set up here: {done.stderr}"
