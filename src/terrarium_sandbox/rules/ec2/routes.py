"""Rules of EC2 about routes."""

from moto.ec2.models import ec2_backends

from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]


@rule(
    "route-to-an-attached-internet-gateway",
    on=("ec2:CreateRoute", "ec2:ReplaceRoute"),
    code="InvalidParameterValue",
    source="Amazon VPC User Guide, Internet gateways: attached to the VPC; the error's text in several public issues",
)
def route_to_an_attached_internet_gateway(request: Request) -> str | None:
    """A route leads to an internet gateway only if the gateway is attached to the route table's VPC."""
    ec2 = request.backend(ec2_backends)
    gateway = ec2.internet_gateways.get(request.get("GatewayId"))
    table = ec2.route_tables.get(request.get("RouteTableId"))
    if gateway is None or table is None or (gateway.vpc is not None and gateway.vpc.id == table.vpc_id):
        return None
    return f"route table {table.id} and network gateway {gateway.id} belong to different networks"


RULES: tuple[Rule, ...] = (route_to_an_attached_internet_gateway,)
