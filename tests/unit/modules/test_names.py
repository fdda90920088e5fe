"""Physical names are contract: one rule, within AWS' limits, never two resources of one name."""

from hypothesis import given
from hypothesis import strategies as st

from environments import load_environment
from modules.names import Limit, arn, global_name, name_pattern, physical_name, state_bucket_name

DEV = load_environment("dev")

parts = st.from_regex(r"[a-z][a-z0-9-]{0,120}[a-z0-9]", fullmatch=True)


def test_a_name_says_whose_and_what() -> None:
    assert physical_name(DEV, "metadata", limit=Limit.RDS_IDENTIFIER) == "terrarium-dev-metadata"


def test_a_global_name_holds_the_account() -> None:
    assert global_name(DEV, "artifacts", limit=Limit.S3_BUCKET) == "terrarium-dev-artifacts-111111111111"
    assert state_bucket_name(DEV) == "terrarium-dev-state-111111111111"


def test_an_arn_lies_in_the_environments_account_and_region() -> None:
    assert arn(DEV, "logs", "log-group:x") == "arn:aws:logs:eu-central-1:111111111111:log-group:x"
    assert arn(DEV, "iam", "role/x", regional=False) == "arn:aws:iam::111111111111:role/x"


@given(part=parts, limit=st.sampled_from(Limit))
def test_no_name_is_longer_than_its_limit_and_all_match_the_environments_pattern(
    part: str, limit: Limit
) -> None:
    name = physical_name(DEV, part, limit=limit)
    assert len(name) <= limit
    assert name.startswith(name_pattern(DEV).removesuffix("*"))
    assert not name.endswith("-")


@given(
    part=st.from_regex(r"[a-z][a-z0-9-]{60,90}[a-z0-9]", fullmatch=True),
    suffix=st.sampled_from(["a", "b1", "-x"]),
)
def test_long_names_that_differ_only_at_the_end_stay_different(part: str, suffix: str) -> None:
    one = physical_name(DEV, part, limit=Limit.S3_BUCKET)
    assert one != physical_name(DEV, part + suffix, limit=Limit.S3_BUCKET)
