"""Trust policies: principals by name or by pattern, or the whole account."""

from typing import Any

import pytest
from pydantic import ValidationError

from environments import load_environment
from environments.sections.access import Access
from modules.iam.trust import trust_of_principals
from modules.names import Names

ADA = "arn:aws:iam::111111111111:user/ada"
PERMISSION_SET = "arn:aws:iam::222222222222:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Scientist_*"


def trust(*principals: str) -> list[dict[str, Any]]:
    return [
        statement.document()
        for statement in trust_of_principals(principals, names=Names.of(load_environment("dev")))
    ]


def test_without_principals_the_account_is_trusted() -> None:
    (statement,) = trust()
    assert statement["Principal"] == {"AWS": "arn:aws:iam::111111111111:root"}


def test_a_principal_is_trusted_by_name() -> None:
    (statement,) = trust(ADA)
    assert statement["Principal"] == {"AWS": ADA}
    assert "Condition" not in statement


def test_a_pattern_admits_only_matching_principals_of_its_account() -> None:
    named, by_pattern = trust(PERMISSION_SET, ADA)
    assert named["Principal"] == {"AWS": ADA}
    assert by_pattern["Principal"] == {"AWS": "arn:aws:iam::222222222222:root"}
    assert by_pattern["Condition"] == {"ArnLike": {"aws:PrincipalArn": PERMISSION_SET}}


@pytest.mark.parametrize("everybody", ["role/*", "user/*", "role/?*"])
def test_refuses_a_pattern_that_matches_every_principal(everybody: str) -> None:
    with pytest.raises(ValidationError):
        Access(scientists=(f"arn:aws:iam::111111111111:{everybody}",), scientists_write=True)
