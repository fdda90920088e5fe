"""CloudWatch log groups: encrypted, with a retention."""

from datetime import date

from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from constructs import Construct

from environments.sections.section import LogRetentionDays
from modules.encryption import Encryption
from modules.iam.role import Role
from modules.iam.statement import Statement
from modules.waivers import waive

__all__ = ["LogGroup"]

_DAYS_OF_A_YEAR = 365


class LogGroup(Construct):
    """A CloudWatch log group.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        name: Its physical name.
        retention_days: Days that events are kept.
        encryption: The key that encrypts them.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        retention_days: LogRetentionDays,
        encryption: Encryption,
    ) -> None:
        super().__init__(scope, id)
        self._id = id
        self.resource = CloudwatchLogGroup(
            self, "group", name=name, retention_in_days=retention_days, kms_key_id=encryption.key_arn
        )
        if retention_days < _DAYS_OF_A_YEAR:
            waive(
                self.resource,
                "CKV_AWS_338",
                owner="ml-platform",
                reason="Only production keeps its logs for a year: elsewhere they are for debugging, contain no "
                "business data and expire with the tier's retention; API calls are in CloudTrail",
                expires=date(2027, 11, 30),
            )

    @property
    def arn(self) -> str:
        """The log group's ARN, without the `:*` of its streams."""
        return self.resource.arn

    @property
    def name(self) -> str:
        """The log group's name."""
        return self.resource.name

    def grant_write(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` create streams in the group and write events to them."""
        return role.allow(
            f"{self._id}-write",
            Statement(
                sid="WriteLogs",
                actions=("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
                resources=(self.arn, f"{self.arn}:log-stream:*"),
            ),
        )
