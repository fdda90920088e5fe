"""Endpoints: nothing has a public one, and the policies of private ones restrict something."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.policy import Policy, Violation
from policies.stack import Stack
from policies.statements import listed, statements

__all__ = ["POLICIES"]

# Arguments that give a resource an address or a name on the internet, and the value that does.
_PUBLIC: Mapping[tuple[str, str], object] = {
    ("aws_api_gateway_method", "authorization"): "NONE",
    ("aws_apigatewayv2_route", "authorization_type"): "NONE",
    ("aws_eks_cluster", "vpc_config.endpoint_public_access"): True,
    ("aws_instance", "associate_public_ip_address"): True,
    ("aws_lambda_function_url", "authorization_type"): "NONE",
    ("aws_launch_template", "network_interfaces.associate_public_ip_address"): "true",
    ("aws_sagemaker_notebook_instance", "direct_internet_access"): "Enabled",
}
_PUBLICLY_ACCESSIBLE = ("aws_dms_replication_instance", "aws_mq_broker", "aws_redshift_cluster")


def _public_endpoints(stack: Stack) -> Iterator[Violation]:
    for (kind, path), public in _PUBLIC.items():
        *blocks, argument = path.split(".")
        for resource in stack.resources(kind):
            if any(
                str(block.get(argument)).lower() == str(public).lower() for block in resource.blocks(*blocks)
            ):
                yield Violation(resource, f"it can be reached from the internet: {path} is {public}")
    for resource in stack.resources(*_PUBLICLY_ACCESSIBLE):
        if resource.attributes.get("publicly_accessible"):
            yield Violation(resource, "it can be reached from the internet: publicly_accessible is true")
    for balancer in stack.resources("aws_lb", "aws_alb"):
        if balancer.attributes.get("internal") is not True:
            yield Violation(balancer, "it can be reached from the internet: internal is not true")


def _void_endpoint_policies(stack: Stack) -> Iterator[Violation]:
    for endpoint in stack.resources("aws_vpc_endpoint", "aws_vpc_endpoint_policy"):
        # Gateway endpoints also lead to buckets of AWS, with layers of images and packages of Amazon Linux, whose
        # requests are anonymous or signed by AWS.
        if endpoint.attributes.get("vpc_endpoint_type") == "Gateway":
            continue
        for statement in statements(endpoint.document("policy")):
            everything = "*" in listed(statement.get("Resource"))
            if everything and _names_nobody(statement):
                sid = statement.get("Sid", "")
                yield Violation(
                    endpoint, f"statement {sid!r} allows everybody to reach resources of any account"
                )


def _names_nobody(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    who = listed(principal.get("AWS")) if isinstance(principal, Mapping) else listed(principal)
    keys = {key.lower() for test in statement.get("Condition", {}).values() for key in test}
    bounded = {
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:principalaccount",
        "aws:principalorgid",
        "aws:principalarn",
    }
    return statement.get("Effect") == "Allow" and "*" in who and not keys & bounded


POLICIES = (
    Policy(
        "public-endpoint",
        "Nothing of the platform can be reached from the internet",
        "keep it in private subnets; users connect by `terrarium tunnel`, or through the company's own network",
        _public_endpoints,
    ),
    Policy(
        "endpoint-policy",
        "The policy of an interface endpoint restricts the accounts or the resources",
        "add a condition on aws:ResourceAccount or aws:PrincipalAccount, or name the resources",
        _void_endpoint_policies,
    ),
)
