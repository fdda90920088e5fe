"""The variables with which programs use the proxy of a company."""

from collections.abc import Mapping

from environments.sections.network import Network as NetworkConfig
from modules.names import Names
from terrarium.egress import REACH

__all__ = ["proxy_variables"]

# This machine, the instance metadata service, and the credentials and metadata of ECS. Source: Amazon ECS Developer
# Guide, "Using an HTTP proxy for Amazon ECS Linux container instances".
_LOCAL = ("localhost", "127.0.0.1", "169.254.169.254", "169.254.170.2")


def proxy_variables(config: NetworkConfig, *, names: Names) -> Mapping[str, str]:
    """Return environment variables by name, in upper and lower case; none without a proxy.

    The database, S3 and DynamoDB are never reached through the proxy; other AWS services only if the environment has
    no other path to them. Programs that use a proxy read a domain as "the host and its subdomains".
    """
    if config.proxy.url is None:
        return {}
    region = f"{names.region}.{names.dns_suffix}"
    aws = (
        (region,)
        if REACH[config.egress].aws_services
        else (f"rds.{region}", f"s3.{region}", f"dynamodb.{region}")
    )
    values = {
        "HTTP_PROXY": config.proxy.url,
        "HTTPS_PROXY": config.proxy.url,
        "NO_PROXY": ",".join(dict.fromkeys((*_LOCAL, *aws, *config.proxy.no_proxy))),
    }
    return {**values, **{name.lower(): value for name, value in values.items()}}
