"""The error of a login that fails because of a wrong clock states the difference."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

import terrarium
from terrarium.aws.clock_difference import clock_difference
from terrarium.metadata.errors import DatabaseLoginError
from terrarium.metadata.logins import login_explained

pytest_plugins = ["tests.support.sdk_environment"]

_REFUSED = 'FATAL:  PAM authentication failed for user "terrarium_writer"'


@pytest.mark.parametrize(
    ("ahead", "said"),
    [(timedelta(minutes=20), "20 minutes ahead of"), (timedelta(minutes=-20), "20 minutes behind")],
    ids=["ahead", "behind"],
)
def test_a_refused_login_names_the_clock(lab: terrarium.Lab, ahead: timedelta, said: str) -> None:
    def difference() -> timedelta | None:
        return clock_difference(lab.session, now=datetime.now(UTC) + ahead)

    with (
        pytest.raises(DatabaseLoginError, match=said) as refused,
        login_explained("sdk", lab.manifest.metadata, user="terrarium_writer", clock_difference=difference),
    ):
        raise psycopg.OperationalError(_REFUSED)
    assert "set the clock" in refused.value.remedy
    assert "rds-db:connect" not in str(refused.value)


def test_a_refused_login_with_a_right_clock_names_the_permission(lab: terrarium.Lab) -> None:
    with pytest.raises(DatabaseLoginError, match="rds-db:connect"):
        lab.metadata.engine("terrarium_writer", lambda: "no-token").connect()
