"""Physical names: the format, the limits of AWS, and no collisions."""

from hypothesis import given
from hypothesis import strategies as st

from environments import load_environment
from modules.names import Limit, Names

DEV = Names.of(load_environment("dev"))

parts = st.from_regex(r"[a-z][a-z0-9-]{0,120}[a-z0-9]", fullmatch=True)


def test_a_name_contains_the_environment_and_the_part() -> None:
    assert DEV.physical("metadata", limit=Limit.RDS_IDENTIFIER) == "terrarium-dev-metadata"


def test_the_name_of_a_bucket_contains_the_account() -> None:
    assert DEV.bucket("artifacts") == "terrarium-dev-artifacts-111111111111"
    assert DEV.state_bucket == "terrarium-dev-state-111111111111"


def test_an_arn_has_the_environments_account_and_region() -> None:
    assert DEV.arn("logs", "log-group:x") == "arn:aws:logs:eu-central-1:111111111111:log-group:x"
    assert DEV.arn("iam", "role/x", regional=False) == "arn:aws:iam::111111111111:role/x"


@given(part=parts, limit=st.sampled_from(Limit))
def test_no_name_is_longer_than_its_limit_and_all_match_the_environments_pattern(
    part: str, limit: Limit
) -> None:
    name = DEV.physical(part, limit=limit)
    assert len(name) <= limit
    assert name.startswith(DEV.pattern.removesuffix("*"))
    assert not name.endswith("-")


@given(
    part=st.from_regex(r"[a-z][a-z0-9-]{60,90}[a-z0-9]", fullmatch=True),
    suffix=st.sampled_from(["a", "b1", "-x"]),
)
def test_long_names_that_differ_only_at_the_end_stay_different(part: str, suffix: str) -> None:
    one = DEV.physical(part, limit=Limit.S3_BUCKET)
    assert one != DEV.physical(part + suffix, limit=Limit.S3_BUCKET)
