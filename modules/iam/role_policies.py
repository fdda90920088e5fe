"""The managed policies of a role: as few as its grants fit into."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TypeAlias

from cdktf import DefaultTokenResolver, StringConcat, Tokenization
from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policies_exclusive import IamRolePoliciesExclusive
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from cdktf_cdktf_provider_aws.iam_role_policy_attachments_exclusive import (
    IamRolePolicyAttachmentsExclusive,
)
from constructs import Construct

from modules.iam.statement import Statement, policy_document

__all__ = ["RolePolicies", "distinct_statements"]

Grants: TypeAlias = Mapping[str, tuple[Statement, ...]]

# A managed policy can have 6,144 characters besides white space, and a role ten of them; all inline policies of a role
# together can have 10,240. Source: IAM User Guide, "IAM and AWS STS quotas".
_POLICY_CHARACTERS = 6144
# A reference stands for an ARN that is known only after deployment: the most characters of an ARN with these names.
_REFERENCE = re.compile(r"\$\{[^}]*\}")
_ARN_CHARACTERS = 110
_TOKEN = re.compile(r"\$\{TfToken\[[^\]]*\]\}")  # how cdktf writes a reference until it is resolved


class RolePolicies(Construct):
    """Managed policies with each distinct statement once, attached to one role, which has no other policies.

    A plan shows policies that somebody attached or put inline by hand, and a deployment removes them.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        role: The role.
        name: Its physical name, which begins the names of the policies.
        path: The path of the policies; None for `/`.
        statements: The statements of its grants, each distinct one once.
        denials: A policy that several roles have, which denies.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        role: IamRole,
        name: str,
        path: str | None,
        statements: Iterable[Statement],
        denials: IamPolicy | None,
    ) -> None:
        super().__init__(scope, id)
        policies, attachments = [], []
        for number, page in enumerate(_pages(statements), start=1):
            policy = IamPolicy(
                self,
                f"policy-{number}",
                name=f"{name}-{number}",
                path=path,
                # A change of the description would replace the policy.
                description=f"What the constructs granted to {name}",
                policy=policy_document(page),
            )
            policies.append(policy.arn)
            attachments.append(
                IamRolePolicyAttachment(self, f"attachment-{number}", role=role.name, policy_arn=policy.arn)
            )
        if denials is not None:
            policies.append(denials.arn)
            attachments.append(
                IamRolePolicyAttachment(self, "denials", role=role.name, policy_arn=denials.arn)
            )
        IamRolePolicyAttachmentsExclusive(
            self,
            "attachments-exclusive",
            role_name=role.name,
            policy_arns=policies,
            # Without it, both would attach the policies at once: this resource attaches missing ones, too.
            depends_on=attachments,
        )
        IamRolePoliciesExclusive(self, "inline-exclusive", role_name=role.name, policy_names=[])


def distinct_statements(scope: Construct, grants: Sequence[Grants]) -> list[list[Statement]]:
    """Return the statements of each role's grants, without those that equal another one of the role.

    All roles at once, since each call of the framework takes long.

    Args:
        scope: Any construct of the stack.
        grants: For each role, the statements by the name of the grant that added them.
    """
    named = [list(_named(of_role)) for of_role in grants]
    contents = [[statement.model_dump_json(exclude={"sid"}) for statement in of_role] for of_role in named]
    # Compared as Terraform sees them: the framework can have several tokens for one reference.
    doubtful = list(dict.fromkeys(content for of_role in contents for content in _alike(of_role)))
    resolved = Tokenization.resolve(doubtful, scope=scope, resolver=DefaultTokenResolver(StringConcat()))
    seen_as = dict(zip(doubtful, resolved, strict=True))
    return [
        _first_of_each(zip((seen_as.get(content, content) for content in of_role), statements, strict=True))
        for of_role, statements in zip(contents, named, strict=True)
    ]


def _alike(contents: Iterable[str]) -> Iterator[str]:
    """Return the contents that differ from another one in tokens only."""
    by_shape: dict[str, set[str]] = {}
    for content in contents:
        by_shape.setdefault(_TOKEN.sub("", content), set()).add(content)
    return chain.from_iterable(alike for alike in by_shape.values() if len(alike) > 1)


def _first_of_each(statements: Iterable[tuple[str, Statement]]) -> list[Statement]:
    firsts: dict[str, Statement] = {}
    for content, statement in statements:
        firsts.setdefault(content, statement)
    return list(firsts.values())


def _named(grants: Grants) -> Iterator[Statement]:
    for grant, statements in grants.items():
        for statement in statements:
            # IAM requires a different `Sid` for each statement of a policy.
            yield statement.model_copy(update={"sid": _camel_case(grant) + statement.sid})


def _pages(statements: Iterable[Statement]) -> Iterable[list[Statement]]:
    page: list[Statement] = []
    size = empty = _size([])
    for statement in statements:
        added = _size([statement]) - empty + len(",")
        if page and size + added > _POLICY_CHARACTERS:
            yield page
            page, size = [], empty
        page.append(statement)
        size += added
    if page:
        yield page


def _size(statements: list[Statement]) -> int:
    document = policy_document(statements).replace(" ", "")
    return len(_REFERENCE.sub("x" * _ARN_CHARACTERS, document))


def _camel_case(grant: str) -> str:
    return "".join(part.capitalize() for part in grant.split("-"))
