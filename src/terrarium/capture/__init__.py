"""What can be found out about a run by itself: code, environment, infrastructure, seeds.

Service: higher services, the lab and faces may import it.
"""

from terrarium.capture.capture import Captured, capture

__all__ = ["Captured", "capture"]
