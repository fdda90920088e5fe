"""Tokens are valid for one user and one database, for 15 minutes, and only unchanged."""

import datetime
from urllib.parse import unquote

import boto3
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from terrarium_sandbox.services.rds.authentication_token import AuthenticationToken, TokenRefusedError

_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
_NOW = datetime.datetime.now(datetime.UTC)


def _token(session_token: str | None = None) -> str:
    rds = boto3.client(
        "rds",
        region_name="eu-central-1",
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key=_SECRET,
        aws_session_token=session_token,
    )
    token: str = rds.generate_db_auth_token("127.0.0.1", 15432, "writer")
    return token


_TOKEN = _token()


@pytest.mark.parametrize("session_token", [None, "a/session+token=="])
def test_verifies_signatures_of_botocore(session_token: str | None) -> None:
    token = AuthenticationToken.parse(_token(session_token))
    token.verify_signature(_SECRET)
    token.verify_time(datetime.datetime.now(datetime.UTC))
    assert (token.endpoint, token.user, token.region) == ("127.0.0.1:15432", "writer", "eu-central-1")
    assert (token.access_key_id, token.session_token) == ("AKIAIOSFODNN7EXAMPLE", session_token)


def test_another_secret_does_not_verify_it() -> None:
    with pytest.raises(TokenRefusedError, match="signature"):
        AuthenticationToken.parse(_TOKEN).verify_signature("another secret")


@given(position=st.integers(0, len(_TOKEN) - 1), character=st.characters(min_codepoint=33, max_codepoint=126))
@example(position=_TOKEN.index("writer"), character="W")
@example(position=_TOKEN.index("15432"), character="9")
@example(position=_TOKEN.index("X-Amz-Signature=") + 20, character="%")
def test_no_character_of_it_can_be_changed(position: int, character: str) -> None:
    forged = _TOKEN[:position] + character + _TOKEN[position + 1 :]
    assume(unquote(forged) != unquote(_TOKEN))  # %2f is %2F
    with pytest.raises(TokenRefusedError):
        AuthenticationToken.parse(forged).verify_signature(_SECRET)


@given(st.text())
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(TokenRefusedError):
        AuthenticationToken.parse(text).verify_signature(_SECRET)


def test_it_is_good_for_a_quarter_of_an_hour() -> None:
    token = AuthenticationToken.parse(_TOKEN)
    token.verify_time(token.signed_at + datetime.timedelta(minutes=15))
    with pytest.raises(TokenRefusedError, match="expired"):
        token.verify_time(token.signed_at + datetime.timedelta(minutes=15, seconds=1))


def test_it_cannot_be_signed_in_advance() -> None:
    token = AuthenticationToken.parse(_TOKEN)
    with pytest.raises(TokenRefusedError, match="in the future"):
        token.verify_time(token.signed_at - datetime.timedelta(minutes=6))


@pytest.mark.parametrize(
    ("part", "other", "reason"),
    [
        ("Action=connect", "Action=delete", "another action than connect"),
        ("rds-db", "rds", "another service than rds-db"),
        ("127.0.0.1:15432/", "127.0.0.1:15432/other", "another action than connect"),
    ],
)
def test_a_signature_for_something_else_is_refused(part: str, other: str, reason: str) -> None:
    with pytest.raises(TokenRefusedError, match=reason):
        AuthenticationToken.parse(_TOKEN.replace(part, other))
