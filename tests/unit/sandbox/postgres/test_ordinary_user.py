"""The tests of this folder as an ordinary user, who cannot become another user."""

import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import pytest

from terrarium_sandbox.postgres.operating_user import OperatingUser, find_operating_user

_CHECKOUT = Path(__file__).parents[4]


def _python_for(user: OperatingUser) -> str:
    """An interpreter that this user can execute: that of a virtual environment may be in root's home."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (sys.executable, f"/usr/bin/{version}"):
        if user.can_access(Path(candidate)):
            return candidate
    pytest.skip(f"{user.name} cannot execute any {version} here")


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests run as an ordinary user already")
def test_an_ordinary_users_database_servers_live_in_the_same_way() -> None:
    nobody = pwd.getpwnam("nobody")
    user = OperatingUser("nobody", nobody.pw_uid, nobody.pw_gid)
    if not user.can_access(_CHECKOUT / "tests"):
        pytest.skip("nobody cannot enter this checkout")
    folder = Path(tempfile.mkdtemp())
    try:
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        result = subprocess.run(
            [_python_for(user), "-m", "pytest", "-p", "no:cacheprovider", "--basetemp", folder / "tests",
             "-k", "pip and (stopped or snapshot or killed)", _CHECKOUT / "tests/unit/sandbox/postgres/test_server.py"],
            cwd=_CHECKOUT,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": os.pathsep.join([str(_CHECKOUT / "src"), str(_CHECKOUT), sysconfig.get_path("purelib")]),
                "PYTHONDONTWRITEBYTECODE": "1",
                "HOME": str(folder),
            },
            user=nobody.pw_uid,
            group=nobody.pw_gid,
            extra_groups=[],
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
        assert result.returncode == 0, result.stdout + result.stderr
        assert " passed" in result.stdout
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_root_runs_postgresql_as_a_user_of_the_system() -> None:
    assert find_operating_user().name in {"postgres", "nobody"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root becomes somebody else")
def test_an_ordinary_user_runs_postgresql_as_themselves() -> None:
    assert find_operating_user().user_id is None
