"""Automatic capture of the code, environment, infrastructure and seeds of a run.

Service: higher services, the lab and faces may import it.
"""

from terrarium.capture.capture import Captured, capture

__all__ = ["Captured", "capture"]
