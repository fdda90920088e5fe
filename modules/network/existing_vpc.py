"""The VPC of another team, which the stack only reads."""

from cdktf import Fn, Postcondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_vpc import DataAwsVpc
from cdktf_cdktf_provider_aws.data_aws_vpcs import DataAwsVpcs, DataAwsVpcsFilter
from constructs import Construct

from environments.sections.existing_network import ExistingNetwork as ExistingNetworkConfig

__all__ = ["ExistingVpc", "shown"]


class ExistingVpc(Construct):
    """The VPC with the id or with the tags of the section `network.existing`.

    A plan fails if there is not exactly one, or if the VPC does not resolve names: the database is known by its name.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The section `network.existing` of the environment's file.
        region: The region, for the message that no VPC was found.
    """

    def __init__(self, scope: Construct, id: str, *, config: ExistingNetworkConfig, region: str) -> None:
        super().__init__(scope, id)
        if config.vpc_id:
            filters = [DataAwsVpcsFilter(name="vpc-id", values=[config.vpc_id])]
            wanted = f"the id {config.vpc_id} (network.existing.vpc_id)"
        else:
            filters = [
                DataAwsVpcsFilter(name=f"tag:{key}", values=[value]) for key, value in config.vpc_tags.items()
            ]
            wanted = f"the tags {shown(config.vpc_tags)} (network.existing.vpc_tags)"
        # The error of the data source of one VPC names neither its filters nor its results.
        found = DataAwsVpcs(
            self,
            "found",
            filter=filters,
            lifecycle=TerraformResourceLifecycle(
                postcondition=[
                    Postcondition(
                        condition="${length(self.ids) == 1}",
                        error_message=f"${{length(self.ids)}} VPCs in {region} have {wanted}, not one: "
                        "${jsonencode(self.ids)}. Correct it, or ask the team that manages the network.",
                    )
                ]
            ),
        )
        self.resource = DataAwsVpc(
            self,
            "vpc",
            id=Fn.element(found.ids, 0),
            lifecycle=TerraformResourceLifecycle(
                postcondition=[
                    Postcondition(
                        condition="${self.enable_dns_support && self.enable_dns_hostnames}",
                        error_message="The VPC ${self.id} has DNS support ${self.enable_dns_support} and DNS host "
                        "names ${self.enable_dns_hostnames}: names of the database and of endpoints are not "
                        "resolved. Ask the team that manages the network to enable both (aws ec2 "
                        "modify-vpc-attribute).",
                    )
                ]
            ),
        )
        self.arn: str = self.resource.arn
        """The VPC's ARN. Of a VPC that is shared with the account, it names the account of the owner."""

    @property
    def id(self) -> str:
        """The VPC's id."""
        return self.resource.id


def shown(tags: dict[str, str]) -> str:
    """Return tags as text for messages: `tier=private, team=network`."""
    return ", ".join(f"{key}={value}" for key, value in tags.items())
