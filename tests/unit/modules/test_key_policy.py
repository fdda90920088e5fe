"""Key policies: delegation to IAM, or named administrators."""

from modules.key_policy import key_policy, use_of_key
from modules.names import Names

NAMES = Names("dev", "111111111111", "eu-central-1")
ROOT = "arn:aws:iam::111111111111:root"
EXACT = "arn:aws:iam::111111111111:role/acme/KeyAdministrators"
PATTERN = "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Keys_*"
CHANGING = (
    "kms:PutKeyPolicy",
    "kms:Put*",
    "kms:ScheduleKeyDeletion",
    "kms:DisableKey",
    "kms:Disable*",
    "kms:*",
)


def test_iam_policies_of_the_account_decide_without_administrators() -> None:
    first, *_ = key_policy(NAMES)
    assert (first.principals, first.actions, first.conditions) == ({"AWS": (ROOT,)}, ("kms:*",), {})


def test_only_administrators_and_the_root_user_administer_the_key() -> None:
    changing = [
        one
        for one in key_policy(NAMES, administrators=(EXACT, PATTERN))
        if any(action in CHANGING for action in one.actions)
    ]
    assert [(one.principals, one.conditions) for one in changing] == [
        ({"AWS": (EXACT,)}, {}),
        ({"AWS": (ROOT,)}, {"ArnLike": {"aws:PrincipalArn": (PATTERN,)}}),
        ({"AWS": (ROOT,)}, {"StringEquals": {"aws:PrincipalType": "Account"}}),
    ]


def test_the_owner_of_an_existing_key_need_not_share_its_administration() -> None:
    assert not {action for one in use_of_key(NAMES) for action in one.actions} & set(CHANGING)


def test_services_may_use_the_key_in_every_case() -> None:
    services = [one.sid for one in use_of_key(NAMES)][1:]
    for policy in (key_policy(NAMES), key_policy(NAMES, administrators=(EXACT,))):
        assert [one.sid for one in policy][-len(services) :] == services
