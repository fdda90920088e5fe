"""Saved state: snapshots of the objects of services, and a log of the changes since the last one."""
