"""The page about the choices of `network.egress`."""

from collections.abc import Mapping

from terrarium.egress import REACH, Egress, Reach

__all__ = ["egress_page"]

_COSTS: Mapping[Egress, str] = {
    "none": "nothing",
    "interface-endpoints": "7.30 for each endpoint (13, with notebooks 15) and each of `endpoint_zones`",
    "provided-endpoints": "nothing",
    "provided-routes": "nothing",
    "public-addresses": "3.65 for each instance that runs all month",
    "nat": "36.50",
    "nat-per-zone": "36.50 for each zone",
}


def egress_page() -> str:
    """Return the page with what each choice reaches, from the table that checks files and jobs."""
    rows = "\n".join(_row(egress, reach) for egress, reach in REACH.items())
    return f"""# What each egress reaches

`make docs` generates this page from `src/terrarium/egress.py`, the table that validation of files and
placement of jobs read; a test checks that it is current. [Choose the egress](../guides/egress.md) explains
it.

| `network.egress` | network | AWS services of the kit: images, logs, tunnel | internet: package indexes, GitHub, \
model hubs | multi-node jobs | notebooks without `direct_internet` |
|---|---|---|---|---|---|
{rows}

S3 and DynamoDB are reachable with every choice, through gateway endpoints. `[network.proxy]` adds the
internet, and with `none` the other AWS services, for programs that use a proxy.

What a choice adds to the idle costs, in USD a month (us-east-1):

| `network.egress` | cost |
|---|---|
{chr(10).join(f"| `{egress}` | {cost} |" for egress, cost in _COSTS.items())}
"""


def _row(egress: Egress, reach: Reach) -> str:
    networks = [
        name
        for name, possible in (("created", reach.created_network), ("existing", reach.existing_network))
        if possible
    ]
    aws = _yes(reach.aws_services)
    cells = (
        f"`{egress}`",
        " or ".join(networks),
        f"{aws}, of the network team" if egress == "provided-endpoints" else aws,
        _yes(reach.internet),
        "if their nodes need no AWS service" if egress == "none" else _yes(reach.task_networks),
        "S3 and DynamoDB only" if not (reach.private_subnets and reach.aws_services) else "yes",
    )
    return f"| {' | '.join(cells)} |"


def _yes(reached: bool) -> str:  # noqa: FBT001 - a cell of a table
    return "yes" if reached else "no"
