"""Requirements of the universal lock file that apply to jobs and notebooks."""

from modules.sdk_release import CHECKOUT, REQUIREMENTS
from operations.sdk.dependencies import lines_for_the_platform

LOCK = """\
# a comment
a==1 \\
    --hash=sha256:aa \\
    --hash=sha256:ab
b==2 ; sys_platform == 'win32' \\
    --hash=sha256:bb
c==3 ; python_full_version < '3.12' \\
    --hash=sha256:cc
c==4 ; python_full_version >= '3.12' \\
    --hash=sha256:cd
d[extra]==5 ; implementation_name != 'pypy' \\
    --hash=sha256:dd
"""


def test_markers_are_evaluated_for_linux_and_python_3_11_on_every_machine() -> None:
    assert list(lines_for_the_platform(LOCK)) == [
        "a==1 --hash=sha256:aa --hash=sha256:ab",
        "c==3 --hash=sha256:cc",
        "d[extra]==5 --hash=sha256:dd",
    ]


def test_markers_are_evaluated_for_the_architecture_of_the_image() -> None:
    markers = {"e": "aarch64", "f": "x86_64"}
    lock = "\n".join(
        f"{name}==1 ; platform_machine == '{machine}' --hash=sha256:{name * 2}"
        for name, machine in markers.items()
    )
    assert list(lines_for_the_platform(lock)) == ["f==1 --hash=sha256:ff"]
    assert list(lines_for_the_platform(lock, "arm64")) == ["e==1 --hash=sha256:ee"]


def test_every_package_of_the_lock_has_a_hash_and_one_version() -> None:
    lines = list(lines_for_the_platform((CHECKOUT / REQUIREMENTS).read_text()))
    names = [line.partition("==")[0] for line in lines]
    assert len(names) == len(set(names)) > 50
    assert all(" --hash=sha256:" in line for line in lines)


def test_the_lock_has_the_versions_that_the_tests_run_with() -> None:
    """Environments serve the tested versions: both lock files agree on every package that both have."""
    ours = dict(pins((CHECKOUT / REQUIREMENTS).read_text()))
    tested = dict(pins((CHECKOUT / "requirements/development.txt").read_text()))
    assert {name for name in ours.keys() & tested.keys() if ours[name] != tested[name]} == set()
    assert "mlflow-skinny" in ours.keys() & tested.keys()


def pins(lock: str) -> list[tuple[str, str]]:
    return [
        (name, version.split()[0])
        for line in lines_for_the_platform(lock)
        for name, _, version in [line.partition("==")]
    ]
