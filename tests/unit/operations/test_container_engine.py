"""The command lines of docker and podman; a program on PATH records how it is called."""

import json
import sys
from pathlib import Path

import pytest

from operations.images.engine import ContainerEngine, EngineError
from terrarium.manifest import Architecture

RECORDER = f"""#!{sys.executable}
import json, os, sys
with open(os.environ["CALLS"], "a") as calls:
    given = sys.stdin.read() if sys.argv[1] == "login" else ""
    print(json.dumps([sys.argv[1:], given, os.environ.get("BUILDX_NO_DEFAULT_ATTESTATIONS")]), file=calls)
if sys.argv[-1] == "absent":
    sys.exit("no such image")
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    return tmp_path


def install(folder: Path, name: str) -> None:
    (folder / name).write_text(RECORDER)
    (folder / name).chmod(0o755)


def calls(folder: Path) -> list[tuple[list[str], str, str]]:
    return [tuple(json.loads(line)) for line in (folder / "calls").read_text().splitlines()]


def test_uses_docker_and_without_it_podman(programs: Path) -> None:
    install(programs, "podman")
    assert ContainerEngine.find().program.endswith("/podman")
    install(programs, "docker")
    assert ContainerEngine.find().program.endswith("/docker")


def test_without_an_engine_the_error_names_both(programs: Path) -> None:  # noqa: ARG001 - the empty PATH
    with pytest.raises(EngineError, match="neither docker nor podman"):
        ContainerEngine.find()


@pytest.mark.parametrize(("architecture", "platform"), [("x86_64", "linux/amd64"), ("arm64", "linux/arm64")])
def test_images_are_built_for_an_architecture_as_one_manifest(
    programs: Path, architecture: Architecture, platform: str
) -> None:
    install(programs, "docker")
    ContainerEngine.find().build(
        programs, image="a:1", architecture=architecture, arguments=("PYTHON_IMAGE=b@sha256:c",)
    )
    ((arguments, _, attestations),) = calls(programs)
    assert arguments == [
        "build", "--platform", platform, "--build-arg", "PYTHON_IMAGE=b@sha256:c", "--tag", "a:1",
        str(programs),
    ]  # fmt: skip
    assert attestations == "1"


def test_the_password_is_not_passed_as_an_argument(programs: Path) -> None:
    install(programs, "podman")
    ContainerEngine.find().log_in("registry.example", user="AWS", password="s3cret")
    ((arguments, given, _),) = calls(programs)
    assert given == "s3cret"
    assert "s3cret" not in arguments
    assert arguments[-1] == "registry.example"


def test_the_error_of_a_failed_command_names_command_and_reason(programs: Path) -> None:
    install(programs, "podman")
    with pytest.raises(EngineError, match="`podman push` failed with exit code 1"):
        ContainerEngine.find().push("absent")
    assert not ContainerEngine.find().has("absent")
