"""Log group of all notebooks of an account and region, which SageMaker would create without tags and retention.

Source of its name: Amazon SageMaker Developer Guide, "CloudWatch Logs for Amazon SageMaker".
"""

from collections.abc import Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

__all__ = ["NOTEBOOK_LOG_GROUP", "create_notebook_log_group"]

NOTEBOOK_LOG_GROUP: Final = "/aws/sagemaker/NotebookInstances"


def create_notebook_log_group(logs: Any, *, tags: Mapping[str, str], retention_days: int) -> bool:
    """Create the log group and return True, or return False if the account has it.

    Environments of an account share it: the first one creates it, and none deletes it.

    Args:
        logs: A client with the credentials of the environment's account.
        tags: Its tags.
        retention_days: Days that its events are kept.
    """
    try:
        logs.create_log_group(logGroupName=NOTEBOOK_LOG_GROUP, tags=dict(tags))
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceAlreadyExistsException":
            return False
        raise
    logs.put_retention_policy(logGroupName=NOTEBOOK_LOG_GROUP, retentionInDays=retention_days)
    return True
