"""Automatic capture; a failed capture breaks nothing."""

import random
import sys
from importlib.metadata import version

import numpy as np
import pytest

from terrarium import env_vars as variables
from terrarium.capture import capture
from terrarium.capture.environment import capture_environment
from terrarium.capture.notebook import executed_cells, notebook_path
from terrarium.capture.seeds import capture_seeds, seed_generators
from terrarium.manifest import MANIFEST_VERSION
from tests.unit.example_manifest import example_manifest


def test_the_environment_is_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variables.IMAGE_DIGEST, "sha256:abc")
    monkeypatch.setenv(variables.IMAGE, "pytorch")
    environment = capture_environment()
    assert environment.python == sys.version.split()[0]
    assert environment.packages["scikit-learn"] == version("scikit-learn")
    assert (environment.image_name, environment.image) == ("pytorch", "sha256:abc")
    assert environment.cpu_count is not None
    assert environment.packages_digest == capture_environment().packages_digest


def test_the_infrastructure_is_the_manifests() -> None:
    manifest = example_manifest()
    infrastructure = capture(manifest).infrastructure
    assert (infrastructure.environment, infrastructure.manifest_version) == ("dev", MANIFEST_VERSION)
    assert infrastructure.stack_digest == manifest.stack_digest


def test_a_capture_that_fails_is_missing_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    captured = capture(example_manifest())
    assert captured.code is None
    assert "git" in captured.failures["code"]
    assert captured.environment is not None


def test_the_same_seed_starts_chance_alike() -> None:
    seed_generators(7)
    first, drawn = capture_seeds(), (random.random(), np.random.rand())
    assert capture_seeds().states != first.states
    seed_generators(7)
    assert capture_seeds() == first
    assert (random.random(), np.random.rand()) == drawn


def test_a_notebook_is_its_executed_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    assert executed_cells() is None

    class Shell:
        user_ns = {"In": ["", "import terrarium", "x = 1\nx"]}  # noqa: RUF012 - as IPython has it

    class IPython:
        @staticmethod
        def get_ipython() -> Shell:
            return Shell()

    monkeypatch.setitem(sys.modules, "IPython", IPython)
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/somebody/churn.ipynb")
    assert executed_cells() == "# %% [1]\nimport terrarium\n\n# %% [2]\nx = 1\nx\n"
    assert str(notebook_path()) == "/home/somebody/churn.ipynb"
