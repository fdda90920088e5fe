"""The network of an environment.

Other constructs import `Network`, and do not know who created its resources. `stacks` imports the rest.
"""

from modules.network.created_network import CreatedNetwork
from modules.network.endpoint_services import endpoint_services
from modules.network.existing_network import ExistingNetwork
from modules.network.existing_vpc import ExistingVpc
from modules.network.interface_endpoints import InterfaceEndpoints
from modules.network.network import Network

__all__ = [
    "CreatedNetwork",
    "ExistingNetwork",
    "ExistingVpc",
    "InterfaceEndpoints",
    "Network",
    "endpoint_services",
]
