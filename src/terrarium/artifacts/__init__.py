"""Files and folders in the environment's versioned bucket, pinned by reference and verified by digest.

Store: the connection, services, the lab and faces may import it.
"""

from terrarium.artifacts.reference import ArtifactRef
from terrarium.artifacts.service import Artifacts
from terrarium.artifacts.transfer import TransferConfig

__all__ = ["ArtifactRef", "Artifacts", "TransferConfig"]
