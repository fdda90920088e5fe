"""The checks, by role, in the order in which they run.

Only `terrarium.verification` imports it.
"""

from collections.abc import Mapping

from terrarium.verification.check import Check
from terrarium.verification.checks._artifacts import LIST_ARTIFACTS, WRITE_ARTIFACTS
from terrarium.verification.checks._connection import CONNECT
from terrarium.verification.checks._features import OFFLINE_FEATURES, ONLINE_FEATURES
from terrarium.verification.checks._jobs import MULTI_NODE_JOB, RUN_JOB
from terrarium.verification.checks._pipelines import RUN_PIPELINE
from terrarium.verification.checks._queries import QUERY
from terrarium.verification.checks._registry import SUBMIT_MODEL
from terrarium.verification.checks._tracking import LOG_RUN, READ_RUNS

__all__ = ["CHECKS"]

_STORES = (CONNECT, WRITE_ARTIFACTS, QUERY, LOG_RUN, OFFLINE_FEATURES, ONLINE_FEATURES, SUBMIT_MODEL)

CHECKS: Mapping[str, tuple[Check, ...]] = {
    "scientist": (*_STORES, RUN_JOB, MULTI_NODE_JOB, RUN_PIPELINE),
    # Where the environment's file has access.scientists_write = false.
    "reader": (CONNECT, LIST_ARTIFACTS, QUERY, READ_RUNS),
    "job": _STORES,
    # The deployer starts the job where scientists may not.
    "operator": (CONNECT, RUN_JOB, MULTI_NODE_JOB),
}
