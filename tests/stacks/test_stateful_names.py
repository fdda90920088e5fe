"""Names of stateful resources are contract."""

from collections.abc import Mapping
from typing import Any

import pytest

from environments import load_environment
from tests.stacks.synthesized import Synthesized

# Type and construct path -> physical name; of a key, which has none, the logical id.
STATEFUL: Mapping[tuple[str, str], str] = {
    ("aws_dynamodb_table", "features/online"): "terrarium-{name}-features",
    ("aws_ecr_repository", "compute/images/repository"): "terrarium-{name}-training",
    ("aws_ecr_repository", "registry/images/repository"): "terrarium-{name}-serving",
    ("aws_glue_catalog_database", "features/database"): "terrarium_{name}_features",
    ("aws_kms_key", "encryption/key"): "encryption_key_EEB70057",
    ("aws_rds_cluster", "metadata/cluster"): "terrarium-{name}-metadata",
    ("aws_s3_bucket", "artifacts/bucket"): "terrarium-{name}-artifacts-{account}",
    ("aws_s3_bucket", "audit/logs/bucket"): "terrarium-{name}-audit-{account}",
    ("aws_s3_bucket", "features/query-results/bucket"): "terrarium-{name}-query-results-{account}",
    ("aws_s3_bucket", "features/warehouse/bucket"): "terrarium-{name}-warehouse-{account}",
    ("aws_s3_bucket", "registry/models/bucket"): "terrarium-{name}-models-{account}",
    ("aws_ssm_parameter", "deployment/parameter"): "/terrarium/{name}/deployment/marker",
    ("aws_ssm_parameter", "manifest/parameter"): "/terrarium/{name}/manifest",
}
NAMED_BY = {
    "aws_rds_cluster": "cluster_identifier",
    "aws_s3_bucket": "bucket",
}


@pytest.mark.parametrize("name", ["dev", "prod", "staging", "test"])
def test_names_of_stateful_resources_are_contract(stacks: dict[str, Synthesized], name: str) -> None:
    """A changed construct path or physical name replaces the resource and loses its data.

    If that is wanted, it is a breaking change: say in CHANGELOG.md how operators move their data (`moved` blocks
    for paths, a snapshot or a copy for names), then change this table.
    """
    document = stacks[name].document["resource"]
    account = load_environment(name).account
    found = {
        (kind, resource["//"]["metadata"]["path"].partition("/")[2]): physical_name(
            kind, logical_id, resource
        )
        for kind in {kind for kind, _ in STATEFUL}
        for logical_id, resource in document[kind].items()
    }
    assert found == {key: value.format(name=name, account=account) for key, value in STATEFUL.items()}


def physical_name(kind: str, logical_id: str, resource: dict[str, Any]) -> str:
    return logical_id if kind == "aws_kms_key" else str(resource[NAMED_BY.get(kind, "name")])
