"""The network of an environment.

Other constructs import `Network`, and do not know who created its resources. `stacks` imports `CreatedNetwork`.
"""

from modules.network.created_network import CreatedNetwork
from modules.network.network import Network

__all__ = ["CreatedNetwork", "Network"]
