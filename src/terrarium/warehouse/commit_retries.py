"""Table properties for retries of Iceberg commits."""

from collections.abc import Mapping
from typing import Final

__all__ = ["COMMIT_RETRIES"]

# Concurrent appends do not conflict: the later commit is retried, for at most two minutes. PyIceberg's defaults
# (4 attempts, up to a minute apart) are made for few writers.
COMMIT_RETRIES: Final[Mapping[str, str]] = {
    "commit.retry.num-retries": "30",
    "commit.retry.min-wait-ms": "50",
    "commit.retry.max-wait-ms": "2000",
    "commit.retry.total-timeout-ms": "120000",
}
