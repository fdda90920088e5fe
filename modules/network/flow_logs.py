"""Flow logs of a VPC."""

from cdktf_cdktf_provider_aws.flow_log import FlowLog
from constructs import Construct

from environments.sections.section import LogRetentionDays
from modules.encryption import Encryption
from modules.iam.permissions_boundary import PermissionsBoundary
from modules.iam.role import Role
from modules.iam.trust import trust_of_services
from modules.log_group import LogGroup
from modules.names import Names

__all__ = ["write_flow_logs"]


def write_flow_logs(
    scope: Construct,
    *,
    names: Names,
    vpc_id: str,
    retention_days: LogRetentionDays,
    encryption: Encryption,
    boundary: PermissionsBoundary,
) -> None:
    """Write the flow logs of a VPC to a log group of the environment.

    Args:
        scope: The network.
        names: The names of the environment's resources.
        vpc_id: The VPC.
        retention_days: How long they are kept.
        encryption: The key that encrypts them.
        boundary: The permissions boundary of the role that writes them.
    """
    group = LogGroup(
        scope,
        "flow-logs",
        name=names.log_group("flow-logs"),
        retention_days=retention_days,
        encryption=encryption,
    )
    role = Role(
        scope,
        "flow-log-role",
        names=names,
        name="flow-logs",
        trust=trust_of_services(
            "vpc-flow-logs.amazonaws.com",
            names=names,
            source=names.arn("ec2", "vpc-flow-log/*"),
        ),
        boundary=boundary,
    )
    group.grant_write(role)
    FlowLog(
        scope,
        "flow-log",
        vpc_id=vpc_id,
        traffic_type="ALL",
        log_destination_type="cloud-watch-logs",
        log_destination=group.arn,
        iam_role_arn=role.arn,
        max_aggregation_interval=600,
    )
