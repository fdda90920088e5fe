"""Identities and key of a synthesized stack, created with boto3 with their real policies, without a deployment."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policies.aws.arns import arn_of, name_of, with_arns
from policies.stack import Resource, Stack
from policies.statements import statements
from policies.verdict import synthesized
from tests.support.local_sandbox import LocalSandbox

__all__ = ["StackIdentities", "identities_of", "synthesized_stack"]

# What `with_arns` writes for a key, whose id AWS chooses.
_SOME_KEY = re.compile(r"arn:aws:kms:[^:]+:\d+:key/00000000-0000-0000-0000-000000000000")


@dataclass(frozen=True)
class StackIdentities:
    """Roles of a stack, with their policies and permissions boundaries, and its key.

    Args:
        stack: The stack.
        sandbox: Where they are made.
        key_arn: The key.
    """

    stack: Stack
    sandbox: LocalSandbox
    key_arn: str

    @classmethod
    def create(cls, stack: Stack, sandbox: LocalSandbox, *roles: str) -> "StackIdentities":
        """Create the key and those of the roles whose construct paths begin so; without any, all of them."""
        (key,) = stack.resources("aws_kms_key")
        kms = sandbox.client("kms", stack.name)
        tags = [{"TagKey": "environment", "TagValue": stack.name}]
        arn = kms.create_key(Policy=key.attributes["policy"], Tags=tags)["KeyMetadata"]["Arn"]
        identities = cls(stack, sandbox, arn)
        for role in stack.resources("aws_iam_role"):
            if not roles or role.path.startswith(roles):
                identities._create_role(role)
        return identities

    def client(self, service: str) -> Any:
        """Return a client of the administrator."""
        return self.sandbox.client(service, self.stack.name)

    def role_arn(self, path: str) -> str:
        """Return the ARN of the role whose construct path starts with `path`."""
        arn = arn_of(self.resource("aws_iam_role", path), self.stack)
        assert arn is not None
        return arn

    def resource(self, kind: str, path: str = "") -> Resource:
        """Return the resource of a Terraform type whose construct path starts with `path`."""
        (found,) = (one for one in self.stack.resources(kind) if one.path.startswith(path))
        return found

    def document(self, resource: Resource, argument: str = "policy") -> dict[str, Any]:
        """Return a policy of the stack with references replaced by values of the sandbox."""
        text = json.dumps(with_arns(resource.document(argument), self.stack))
        # Terraform writes `${` for `$${`.
        found: dict[str, Any] = json.loads(_SOME_KEY.sub(self.key_arn, text).replace("$${", "${"))
        return found

    @contextmanager
    def without(self, path: str, sid: str) -> Iterator[None]:
        """Take a statement from a policy of the role whose construct path begins so, or from the key, for a while."""
        if path == "key":
            (key,) = self.stack.resources("aws_kms_key")
            whole = self.document(key)
            self._put_key_policy(_less(whole, sid))
            try:
                yield
            finally:
                self._put_key_policy(whole)
            return
        policy = next(one for one in self._policies(path) if sid in json.dumps(self.document(one)))
        whole = self.document(policy)
        self._put_version(policy, _less(whole, sid))
        try:
            yield
        finally:
            self._put_version(policy, whole)

    def _create_role(self, role: Resource) -> None:
        trust = json.dumps(with_arns(role.document("assume_role_policy"), self.stack))
        boundary = with_arns(role.attributes["permissions_boundary"], self.stack)
        self._create_boundary(boundary)
        self.client("iam").create_role(
            RoleName=name_of(role), AssumeRolePolicyDocument=trust, PermissionsBoundary=boundary
        )
        for policy in self._policies(role.path.rpartition("/role")[0]):
            self._create_policy(policy)
            self.client("iam").attach_role_policy(
                RoleName=name_of(role), PolicyArn=arn_of(policy, self.stack)
            )

    def _create_boundary(self, arn: str) -> None:
        """Create the boundary with that ARN, unless another role needed it before."""
        policies = self.client("iam").list_policies(Scope="Local", MaxItems=1000)["Policies"]
        if arn not in {one["Arn"] for one in policies}:
            self._create_policy(
                next(one for one in self.stack.resources("aws_iam_policy") if arn_of(one, self.stack) == arn)
            )

    def _create_policy(self, policy: Resource) -> None:
        self.client("iam").create_policy(
            PolicyName=name_of(policy), PolicyDocument=json.dumps(self.document(policy))
        )

    def _policies(self, path: str) -> list[Resource]:
        return [
            one for one in self.stack.resources("aws_iam_policy") if one.path.startswith(f"{path}/grants/")
        ]

    def _put_version(self, policy: Resource, document: dict[str, Any]) -> None:
        iam, arn = self.client("iam"), arn_of(policy, self.stack)
        before = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(document), SetAsDefault=True)
        iam.delete_policy_version(PolicyArn=arn, VersionId=before)

    def _put_key_policy(self, document: dict[str, Any]) -> None:
        self.client("kms").put_key_policy(
            KeyId=self.key_arn,
            PolicyName="default",
            Policy=json.dumps(document),
            BypassPolicyLockoutSafetyCheck=True,  # every statement is left out once
        )


@contextmanager
def identities_of(stack: Stack, *roles: str, home: Path) -> Iterator[StackIdentities]:
    """Start a sandbox with the key of a stack and those of its roles whose construct paths begin so; end it afterwards.

    Args:
        stack: The stack.
        roles: Beginnings of construct paths; without any, all roles.
        home: The sandbox's own folder.
    """
    sandbox = LocalSandbox(home=home, checkout=Path(__file__).parents[2])
    sandbox.command("up", "--port", "0")
    try:
        yield StackIdentities.create(stack, sandbox, *roles)
    finally:
        sandbox.command("down")
        sandbox.command("reset", "--yes")


def synthesized_stack(name: str, folder: Path) -> Stack:
    """Return the stack of an environment of the checkout."""
    return next(one for one in synthesized(folder) if one.name == name)


def _less(document: dict[str, Any], sid: str) -> dict[str, Any]:
    rest = [one for one in statements(document) if one["Sid"] != sid]
    assert len(rest) < len(statements(document)), f"there is no {sid}"
    return {**document, "Statement": rest}
