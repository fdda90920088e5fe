"""The policies of a role: as few managed ones as its grants fit in."""

import re
from collections.abc import Iterable, Mapping

from cdktf import DefaultTokenResolver, StringConcat, Tokenization
from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from modules.statement import Statement, policy_document

__all__ = ["RolePolicies"]

# A managed policy holds 6,144 characters besides white space, a role ten of them; all inline policies of a role
# together hold 10,240. Source: IAM User Guide, "IAM and AWS STS quotas".
_POLICY_CHARACTERS = 6144
# A reference stands for an ARN that is known only later: what an ARN takes at the most in our naming.
_REFERENCE = re.compile(r"\$\{[^}]*\}")
_ARN_CHARACTERS = 110


class RolePolicies(Construct):
    """Managed policies with each distinct statement once, attached to one role.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        role: The role.
        name: Its physical name; the policies' names follow.
        grants: The statements, by the name of the grant that added them.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        role: IamRole,
        name: str,
        grants: Mapping[str, tuple[Statement, ...]],
    ) -> None:
        super().__init__(scope, id)
        for number, statements in enumerate(_pages(_distinct(self, grants)), start=1):
            policy = IamPolicy(
                self,
                f"policy-{number}",
                name=f"{name}-{number}",
                description=f"What the constructs granted to {name}",
                policy=policy_document(statements),
            )
            IamRolePolicyAttachment(self, f"attachment-{number}", role=role.name, policy_arn=policy.arn)


def _distinct(scope: Construct, grants: Mapping[str, tuple[Statement, ...]]) -> Iterable[Statement]:
    named = [(grant, statement) for grant, statements in grants.items() for statement in statements]
    # Compared as Terraform will see them: one reference may be written as any number of tokens.
    contents = Tokenization.resolve(
        [statement.model_dump_json(exclude={"sid"}) for _, statement in named],
        scope=scope,
        resolver=DefaultTokenResolver(StringConcat()),
    )
    seen = set()
    for (grant, statement), content in zip(named, contents, strict=True):
        if content not in seen:
            seen.add(content)
            # IAM wants every statement of a policy to have a name of its own.
            yield statement.model_copy(update={"sid": _camel_case(grant) + statement.sid})


def _pages(statements: Iterable[Statement]) -> Iterable[list[Statement]]:
    page: list[Statement] = []
    for statement in statements:
        if page and _size([*page, statement]) > _POLICY_CHARACTERS:
            yield page
            page = []
        page.append(statement)
    if page:
        yield page


def _size(statements: list[Statement]) -> int:
    document = policy_document(statements).replace(" ", "")
    return len(_REFERENCE.sub("x" * _ARN_CHARACTERS, document))


def _camel_case(grant: str) -> str:
    return "".join(part.capitalize() for part in grant.split("-"))
