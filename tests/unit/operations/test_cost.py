"""An estimate follows from the stack and the table of prices, and forgets no resource."""

from typing import Any

import pytest

from operations.cost import estimate
from operations.cost.rates import FREE, RATES
from operations.synthesized import Resource, synthesize_stacks
from terrarium.errors import Error


def resource(kind: str, path: str = "module/thing", **attributes: Any) -> Resource:
    return Resource(kind, path, f"{kind}.thing", attributes)


def test_dev_idles_below_ten_dollars_a_month() -> None:
    assert sum(found.idle for found in estimate(synthesize_stacks()["dev"])) < 10


def test_modules_are_the_constructs_below_the_stack() -> None:
    found = estimate([resource("aws_kms_key", "encryption/key"), resource("aws_vpc", "network/vpc")])
    assert [(one.module, one.idle) for one in found] == [("encryption", 1.0)]


def test_a_database_that_never_pauses_costs_its_minimum_capacity_for_each_instance() -> None:
    cluster = resource("aws_rds_cluster", serverlessv2_scaling_configuration={"min_capacity": 0.5})
    instance = resource("aws_rds_cluster_instance", cluster_identifier="${aws_rds_cluster.thing.id}")
    (asleep,) = estimate([cluster])
    (awake,) = estimate([cluster, instance, instance])
    assert awake.idle - asleep.idle == pytest.approx(2 * 0.5 * 730 * 0.12)


def test_spot_costs_a_share_of_on_demand() -> None:
    def pool(purchase: str) -> float:
        resources = {"type": purchase, "ec2_configuration": [{"image_type": "ECS_AL2023"}]}
        (found,) = estimate([resource("aws_batch_compute_environment", compute_resources=resources)])
        return found.typical

    assert pool("SPOT") == pytest.approx(0.35 * pool("EC2"))


def test_refuses_a_resource_without_a_rate() -> None:
    with pytest.raises(Error, match=r"aws_elephant .* has no rate"):
        estimate([resource("aws_elephant")])


def test_no_type_has_a_rate_and_is_free() -> None:
    assert FREE & RATES.keys() == set()
