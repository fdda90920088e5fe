import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from terrarium.artifacts import ArtifactRef
from terrarium.artifacts.errors import ArtifactReferenceError

DIGEST = "sha256:" + "ab" * 32

references = st.builds(
    ArtifactRef,
    bucket=st.from_regex(r"[a-z0-9][a-z0-9.-]{1,30}[a-z0-9]", fullmatch=True),
    key=st.text(min_size=1).filter(lambda key: key.isprintable()),
    version_id=st.from_regex(r"[A-Za-z0-9._-]+", fullmatch=True),
    digest=st.from_regex(r"sha256:[0-9a-f]{64}", fullmatch=True),
    size=st.integers(min_value=0, max_value=2**45),
    kind=st.sampled_from(["file", "folder"]),
)


@given(references)
def test_its_text_is_read_back_as_the_same_reference(ref: ArtifactRef) -> None:
    assert ArtifactRef.parse(str(ref)) == ref


def test_the_uri_is_that_of_other_tools() -> None:
    ref = ArtifactRef(bucket="the-bucket", key="artifacts/a b.bin", version_id="v", digest=DIGEST, size=1)
    assert ref.uri == "s3://the-bucket/artifacts/a b.bin"


def test_it_cannot_be_changed() -> None:
    ref = ArtifactRef(bucket="the-bucket", key="k", version_id="v", digest=DIGEST, size=1)
    with pytest.raises(ValidationError):
        ref.version_id = "w"  # type: ignore[misc]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "models/churn.bin",
        "s3://the-bucket/key",
        "//[",
        "s3://[/key",
        f"https://the-bucket/key?versionId=v&digest={DIGEST}&size=1",
        f"s3://the-bucket/key?digest={DIGEST}&size=1",
        "s3://the-bucket/key?versionId=v&digest=md5:00&size=1",
        f"s3://the-bucket/key?versionId=v&digest={DIGEST}&size=1&more=1",
        f"s3://the-bucket/key?versionId=v&digest={DIGEST}&size=much",
    ],
)
def test_refuses_a_text_that_pins_no_version(text: str) -> None:
    with pytest.raises(ArtifactReferenceError, match="not a reference"):
        ArtifactRef.parse(text)
