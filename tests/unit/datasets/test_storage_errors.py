"""Errors of S3 are translated like all others."""

import pytest

from terrarium.datasets.storage_errors import translate_file_errors
from terrarium.errors import AccessDeniedError, CredentialsExpiredError, Error


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (
            "When reading key: AWS Error ACCESS_DENIED during HeadObject operation: No response body.",
            AccessDeniedError,
        ),
        (
            "AWS Error UNKNOWN (HTTP status 400) during GetObject: Unable to parse ExpiredToken",
            CredentialsExpiredError,
        ),
    ],
)
def test_translates_refusals_of_s3(said: str, kind: type[Error]) -> None:
    with pytest.raises(kind, match="cannot read rows"), translate_file_errors("read rows"):
        raise OSError(said)


def test_other_errors_pass() -> None:
    with pytest.raises(OSError, match="no space left"), translate_file_errors("read rows"):
        raise OSError("no space left")
