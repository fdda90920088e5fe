"""Mistakes, and the edits of a synthesized stack that make them."""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

__all__ = [
    "JOB",
    "OF_ACCOUNT",
    "ROLE_POLICY",
    "WORLD_INGRESS",
    "Body",
    "Document",
    "Mutation",
    "add",
    "bodies",
    "built",
    "condition",
    "container",
    "default_tags",
    "expiration",
    "output",
    "own",
    "public_database_subnet",
    "remove",
    "script",
    "secret_in_manifest",
    "set_arguments",
    "set_within",
    "state",
    "subject",
    "unwatched_bucket",
    "unwatched_calls",
    "without",
    "without_denials",
]

Document = dict[str, Any]
Body = dict[str, Any]


class Mutation(NamedTuple):
    """One mistake.

    Args:
        name: The mistake.
        environment: The environment whose stack is changed.
        check: The check that must find it.
        make: A function that makes the mistake in a copy of the stack.
    """

    name: str
    environment: str
    check: str
    make: Callable[[Document], None]


def bodies(document: Document, kind: str, part: str = "") -> Iterator[Body]:
    for body in document["resource"][kind].values():
        if part in body["//"]["metadata"]["path"]:
            yield body


def set_arguments(kind: str, part: str = "", **arguments: object) -> Callable[[Document], None]:
    def make(document: Document) -> None:
        body = next(bodies(document, kind, part))
        body.update(arguments)

    return make


def without_denials(part: str) -> Callable[[Document], None]:
    """Remove the denials of the policies below a construct path."""

    def make(document: Document) -> None:
        for body in bodies(document, "aws_iam_policy", part):
            policy = json.loads(body["policy"])
            policy["Statement"] = [one for one in policy["Statement"] if one["Effect"] != "Deny"]
            body["policy"] = json.dumps(policy)

    return make


def set_within(kind: str, block: str, **arguments: object) -> Callable[[Document], None]:
    def make(document: Document) -> None:
        next(bodies(document, kind))[block].update(arguments)

    return make


def script(command: str) -> Callable[[Document], None]:
    """Add a command to the script that notebooks run when they start."""

    def make(document: Document) -> None:
        body = next(bodies(document, "aws_sagemaker_notebook_instance_lifecycle_configuration"))
        script = base64.b64decode(body["on_start"]) + command.encode()
        body["on_start"] = base64.b64encode(script).decode()

    return make


def without(kind: str, part: str, *arguments: str) -> Callable[[Document], None]:
    def make(document: Document) -> None:
        body = next(bodies(document, kind, part))
        for argument in arguments:
            del body[argument]

    return make


def remove(kind: str, part: str = "") -> Callable[[Document], None]:
    def make(document: Document) -> None:
        resources = document["resource"][kind]
        for name in [name for name, body in resources.items() if part in body["//"]["metadata"]["path"]]:
            del resources[name]

    return make


def add(kind: str, **arguments: object) -> Callable[[Document], None]:
    def make(document: Document) -> None:
        path = {"metadata": {"path": "stack/mistake", "uniqueId": "mistake"}}
        document["resource"].setdefault(kind, {})["mistake"] = {"//": path, **arguments}

    return make


def built(resources: dict[str, Body], data: dict[str, Body] | None = None) -> Callable[[Document], None]:
    """Add a company's own construct: resources and data sources by type; each has the logical id `own`."""

    def make(document: Document) -> None:
        for section, added in (("resource", resources), ("data", data or {})):
            for kind, arguments in added.items():
                path = {"metadata": {"path": f"stack/own/{kind}", "uniqueId": "own"}}
                body = {"//": path, **arguments}
                document.setdefault(section, {}).setdefault(kind, {})[f"own-{kind}"] = body

    return make


def own(kind: str, **arguments: object) -> Callable[[Document], None]:
    return built({kind: arguments})


def state(kind: str, part: str, argument: str, statement: Body) -> Callable[[Document], None]:
    """Add a statement to a policy document."""

    def make(document: Document) -> None:
        body = next(bodies(document, kind, part))
        policy = json.loads(body[argument])
        policy["Statement"].append({"Sid": "Mistake", "Effect": "Allow", **statement})
        body[argument] = json.dumps(policy)

    return make


def container(**arguments: object) -> Callable[[Document], None]:
    def make(document: Document) -> None:
        body = next(bodies(document, "aws_batch_job_definition", "compute/"))
        body["container_properties"] = json.dumps({**json.loads(body["container_properties"]), **arguments})

    return make


def subject(subject: str) -> Callable[[Document], None]:
    def make(document: Document) -> None:
        body = next(bodies(document, "aws_iam_role", "delivery/deploy"))
        policy = json.loads(body["assume_role_policy"])
        tests = policy["Statement"][0]["Condition"].pop("StringEquals")
        tests["token.actions.githubusercontent.com:sub"] = subject
        policy["Statement"][0]["Condition"]["StringLike"] = tests
        body["assume_role_policy"] = json.dumps(policy)

    return make


def default_tags(**tags: str) -> Callable[[Document], None]:
    def make(document: Document) -> None:
        document["provider"]["aws"][0]["default_tags"] = [{"tags": tags}]

    return make


def unwatched_bucket(document: Document) -> None:
    for body in bodies(document, "aws_cloudtrail"):
        objects = body["advanced_event_selector"][1]["field_selector"][2]
        objects["starts_with"] = [start for start in objects["starts_with"] if "registry" not in start]


def unwatched_calls(document: Document) -> None:
    for body in bodies(document, "aws_cloudtrail"):
        del body["advanced_event_selector"][0]


def secret_in_manifest(document: Document) -> None:
    body = next(bodies(document, "aws_ssm_parameter", "manifest/"))
    body["value"] = body["value"].replace(
        '"database" = ',
        '"password" = aws_rds_cluster.metadata_cluster_7D61F13C.master_password, "database" = ',
    )


def output(**output: object) -> Callable[[Document], None]:
    def make(document: Document) -> None:
        document["output"] = {"mistake": output}

    return make


def public_database_subnet(document: Document) -> None:
    for body in bodies(document, "aws_subnet", "network/private-0"):
        body["map_public_ip_on_launch"] = True


def condition(kind: str, sid: str, condition: dict[str, Any]) -> Callable[[Document], None]:
    """Give the statement of that Sid a condition."""

    def make(document: Document) -> None:
        for body in bodies(document, kind):
            policy = json.loads(body["policy"])
            for statement in policy["Statement"]:
                if statement["Sid"] == sid:
                    statement["Condition"] = condition
            body["policy"] = json.dumps(policy)

    return make


def expiration(part: str, days: int) -> Callable[[Document], None]:
    """Delete the current version of the objects of a bucket after some days."""

    def make(document: Document) -> None:
        for body in bodies(document, "aws_s3_bucket_lifecycle_configuration", part):
            body["rule"][0]["expiration"] = [{"days": days}]

    return make


OF_ACCOUNT = {"StringEquals": {"aws:SourceAccount": "111111111111"}}
WORLD_INGRESS = {"ip_protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_ipv4": "0.0.0.0/0"}
JOB = "access/job/"
ROLE_POLICY = ("aws_iam_policy", JOB, "policy")
