"""Format of version references."""

import pytest

from terrarium.models.errors import ModelNameError
from terrarium.models.reference import ModelReference


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("churn@champion", ModelReference("churn", None, "champion")),
        ("churn/3", ModelReference("churn", 3, None)),
        ("models:/churn/12", ModelReference("churn", 12, None)),
        ("models:/breast-cancer@challenger", ModelReference("breast-cancer", None, "challenger")),
    ],
)
def test_a_reference_names_a_version_or_an_alias(text: str, meant: ModelReference) -> None:
    assert ModelReference.parse(text) == meant
    assert ModelReference.parse(str(meant)) == meant


@pytest.mark.parametrize(
    "text", ["churn", "churn/0", "churn/x", "churn@", "/3", "churn/3/4", "models:/churn", ""]
)
def test_what_means_no_version_is_refused(text: str) -> None:
    with pytest.raises(ModelNameError, match="churn@champion"):
        ModelReference.parse(text)
