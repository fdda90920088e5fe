"""What can be found out about a run by itself: code, environment, infrastructure, seeds."""

from terrarium.capture.capture import Captured, capture

__all__ = ["Captured", "capture"]
