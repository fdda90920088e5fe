"""Inventory of a stack for the search: roles, workloads, and the resources that privileges are about."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from policies.aws.arns import arn_of, with_arns
from policies.escalation.permissions import Document, Principal
from policies.stack import Resource, Stack
from policies.statements import held_statements, listed, resource_policies, statements
from terrarium.manifest import manifest_parameter

__all__ = ["Inventory", "Role", "Workload"]


class Role(NamedTuple):
    """A role of the stack.

    Args:
        principal: The role as a principal that makes requests.
        resource: The resource of the role, for findings.
        trust: The statements of the trust policy.
        boundary: The ARN of the permissions boundary.
        attached: The ARNs of the attached policies.
    """

    principal: Principal
    resource: Resource
    trust: tuple[Mapping[str, Any], ...]
    boundary: str | None
    attached: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name without the environment's prefix, such as `scientist`."""
        return self.principal.name

    @property
    def arn(self) -> str:
        """The ARN of the role."""
        return self.principal.arn

    def trusted_services(self) -> frozenset[str]:
        """Return the services that may assume the role."""
        return frozenset(
            service
            for statement in self.trust
            if isinstance(statement.get("Principal"), Mapping)
            for service in listed(statement["Principal"].get("Service"))
        )


class Workload(NamedTuple):
    """A job definition, which runs a command of the caller with a role.

    Args:
        arn: The ARN of the job definition.
        role: The ARN of the role that it runs with.
        repository: The ARN of the ECR repository of its image.
    """

    arn: str
    role: str
    repository: str | None


@dataclass(frozen=True)
class Inventory:
    """The roles and resources of one stack that the search uses."""

    stack: Stack

    @property
    def account(self) -> str:
        """The id of the account."""
        return self.stack.account

    @property
    def region(self) -> str:
        """The region of the stack."""
        return self.stack.region

    def arn(self, form: str) -> str:
        """Return `arn:aws:…` in the stack's partition, with its `{region}`, `{account}` and `{prefix}`."""
        return self.stack.arn(form, prefix=self.prefix)

    @cached_property
    def prefix(self) -> str:
        """The prefix of the names of roles, such as `terrarium-dev-`."""
        return f"{self.stack.name_stem}-"

    def identity(self, kind: str, name: str) -> str:
        """Return the ARN of a `role` or `policy` of the environment, by its name without the prefix."""
        roles = self.stack.resources("aws_iam_role")
        path = next((str(role.attributes["path"]) for role in roles if role.attributes.get("path")), "/")
        return self.arn(f"arn:aws:iam::{{account}}:{kind}{path}{self.prefix}{name}")

    @cached_property
    def roles(self) -> Mapping[str, Role]:
        """The roles by ARN."""
        held: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        attached: dict[str, set[str]] = defaultdict(set)
        for one in held_statements(self.stack):
            held[one.role.id].append(with_arns(one.statement, self.stack))
            attached[one.role.id].add(arn_of(one.policy, self.stack) or one.policy.address)
        return {
            role.arn: role
            for role in (
                self._role(resource, held[resource.id], attached[resource.id])
                for resource in self.stack.resources("aws_iam_role")
            )
        }

    @cached_property
    def boundaries(self) -> Mapping[str, Document]:
        """The customer managed policies by ARN: each of them can serve as a boundary."""
        return {
            arn: Document(tuple(with_arns(statements(policy.document("policy")), self.stack)))
            for policy in self.stack.resources("aws_iam_policy")
            if (arn := arn_of(policy, self.stack)) is not None
        }

    @cached_property
    def guards(self) -> Mapping[str, Document]:
        """The policies of buckets and other resources, by the ARN of the resource."""
        found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for _, statement in resource_policies(self.stack):
            resolved = with_arns(statement, self.stack)
            for arn in listed(resolved.get("Resource")):
                found[arn.partition("/")[0]].append(resolved)
        return {arn: Document(tuple(stated)) for arn, stated in found.items()}

    @cached_property
    def workloads(self) -> tuple[Workload, ...]:
        """The job definitions."""
        return tuple(self._job_definitions())

    @cached_property
    def queues(self) -> tuple[str, ...]:
        """The ARNs of the job queues."""
        return self._arns("aws_batch_job_queue")

    @cached_property
    def state_machines(self) -> Mapping[str, str]:
        """The ARNs of the roles of the state machines, by the machine's ARN."""
        return {
            str(arn_of(machine, self.stack)): str(with_arns(machine.attributes["role_arn"], self.stack))
            for machine in self.stack.resources("aws_sfn_state_machine")
        }

    @cached_property
    def clusters(self) -> tuple[str, ...]:
        """The ARNs of the database clusters."""
        return self._arns("aws_rds_cluster")

    @cached_property
    def trails(self) -> tuple[str, ...]:
        """The ARNs of the audit trails."""
        return self._arns("aws_cloudtrail")

    @cached_property
    def buckets(self) -> tuple[str, ...]:
        """The ARNs of the buckets."""
        return self._arns("aws_s3_bucket")

    @property
    def state(self) -> str:
        """The ARN of the object with Terraform's state."""
        backend = self.stack.document["terraform"]["backend"]["s3"]
        return self.stack.arn(f"arn:aws:s3:::{backend['bucket']}/{backend['key']}")

    @property
    def manifest(self) -> str:
        """The ARN of the parameter with the manifest."""
        return self.stack.arn(
            "arn:aws:ssm:{region}:{account}:parameter{name}", name=manifest_parameter(self.stack.name)
        )

    @property
    def owner(self) -> str:
        """The ARN of the database user that owns the schema."""
        return self.database_user("terrarium_owner")

    @property
    def writer(self) -> str:
        """The ARN of the database user that writes runs."""
        return self.database_user("terrarium_writer")

    def database_user(self, name: str) -> str:
        """Return the ARN of a user of the metadata database."""
        (cluster,) = self.stack.resources("aws_rds_cluster")
        resource = with_arns(f"${{{cluster.address}.cluster_resource_id}}", self.stack)
        return self.stack.arn("arn:aws:rds-db:{region}:{account}:dbuser:{user}", user=f"{resource}/{name}")

    @property
    def master_secret(self) -> str:
        """The ARN of the secret of the database's master user."""
        (cluster,) = self.stack.resources("aws_rds_cluster")
        return str(with_arns(f"${{{cluster.address}.master_user_secret[0].secret_arn}}", self.stack))

    def named(self, name: str) -> Role | None:
        """Return the role with a name (without prefix), or None if the stack does not have it."""
        return self.roles.get(self.identity("role", name))

    def _arns(self, kind: str) -> tuple[str, ...]:
        return tuple(arn for one in self.stack.resources(kind) if (arn := arn_of(one, self.stack)))

    def _role(self, resource: Resource, held: list[Mapping[str, Any]], attached: set[str]) -> Role:
        arn = str(arn_of(resource, self.stack))
        boundary = with_arns(resource.attributes.get("permissions_boundary"), self.stack)
        name = arn.rpartition("/")[2].removeprefix(self.prefix)
        return Role(
            Principal(name, arn, Document(tuple(held)), self.boundaries.get(boundary)),
            resource,
            tuple(with_arns(statements(resource.document("assume_role_policy")), self.stack)),
            boundary,
            tuple(sorted(attached)),
        )

    def _job_definitions(self) -> Iterator[Workload]:
        for definition in self.stack.resources("aws_batch_job_definition"):
            arn = str(arn_of(definition, self.stack))
            for container in _containers(definition):
                role = with_arns(container.get("jobRoleArn", ""), self.stack)
                yield Workload(arn, role, self._repository(str(container.get("image", ""))))

    def _repository(self, image: str) -> str | None:
        for repository in self.stack.resources("aws_ecr_repository"):
            if f"{repository.address}." in image:
                return arn_of(repository, self.stack)
        return None


def _containers(definition: Resource) -> Iterator[Mapping[str, Any]]:
    yield from (document for document in [definition.document("container_properties")] if document)
    for group in definition.document("node_properties").get("nodeRangeProperties", []):
        yield group["container"]
