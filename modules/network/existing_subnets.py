"""Subnets of another team, which the stack only reads."""

from collections.abc import Sequence

from cdktf import Fn, Postcondition, TerraformResourceLifecycle, Token
from cdktf_cdktf_provider_aws.data_aws_availability_zones import (
    DataAwsAvailabilityZones,
    DataAwsAvailabilityZonesFilter,
)
from cdktf_cdktf_provider_aws.data_aws_subnet import DataAwsSubnet
from cdktf_cdktf_provider_aws.data_aws_subnets import DataAwsSubnets, DataAwsSubnetsFilter
from constructs import Construct

from modules.network.existing_vpc import ExistingVpc, shown

__all__ = ["ExistingSubnets"]

_ZONES_OF_AURORA = 2


class ExistingSubnets(Construct):
    """The subnets of a VPC with ids or with tags. A plan fails if the VPC does not have them.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        vpc: Their VPC.
        field: The field of the file without its ending, for messages: `private_subnet`.
        ids: The subnets. Empty if they are looked up by tags.
        tags: Tags that every one of them has.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: ExistingVpc,
        field: str,
        ids: Sequence[str],
        tags: dict[str, str],
    ) -> None:
        super().__init__(scope, id)
        self._field = f"network.existing.{field}_{'ids' if ids else 'tags'}"
        own = (
            [DataAwsSubnetsFilter(name="subnet-id", values=list(ids))]
            if ids
            else [DataAwsSubnetsFilter(name=f"tag:{key}", values=[value]) for key, value in tags.items()]
        )
        self.resource = DataAwsSubnets(
            self,
            "found",
            filter=[DataAwsSubnetsFilter(name="vpc-id", values=[vpc.id]), *own],
            lifecycle=TerraformResourceLifecycle(
                postcondition=[self._all_of(vpc, ids) if ids else self._any_with(vpc, tags)]
            ),
        )
        # Of a lookup, Terraform knows the number: the list is one reference. Sorted, so that no plan reorders them.
        self.ids: list[str] = list(ids) if ids else Fn.sort(self.resource.ids)

    def require_zones_of_database(self) -> None:
        """Let a plan fail if the subnets are in one availability zone: RDS refuses such a subnet group."""
        each = DataAwsSubnet(self, "each", id="${each.value}")
        each.add_override("for_each", f"${{toset({self.resource.fqn}.ids)}}")
        zones = f"distinct([for subnet in {each.fqn} : subnet.availability_zone])"
        DataAwsAvailabilityZones(
            self,
            "zones",
            filter=[DataAwsAvailabilityZonesFilter(name="zone-name", values=Token.as_list(f"${{{zones}}}"))],
            lifecycle=TerraformResourceLifecycle(
                postcondition=[
                    Postcondition(
                        condition=f"${{length(self.names) >= {_ZONES_OF_AURORA}}}",
                        error_message=f'The subnets of {self._field} are in ${{join(", ", self.names)}}: Aurora '
                        f"needs subnets in at least {_ZONES_OF_AURORA} availability zones.",
                    )
                ]
            ),
        )

    def _all_of(self, vpc: ExistingVpc, ids: Sequence[str]) -> Postcondition:
        listed = "[" + ", ".join(f'"{one}"' for one in ids) + "]"
        return Postcondition(
            condition=f"${{length(self.ids) == {len(ids)}}}",
            error_message=f"{self._field} names subnets that the VPC {vpc.id} does not have: "
            f'${{join(", ", setsubtract({listed}, self.ids))}}.',
        )

    def _any_with(self, vpc: ExistingVpc, tags: dict[str, str]) -> Postcondition:
        return Postcondition(
            condition="${length(self.ids) > 0}",
            error_message=f"No subnet of the VPC {vpc.id} has the tags {shown(tags)} ({self._field}).",
        )
