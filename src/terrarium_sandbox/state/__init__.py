"""Saved state: snapshots of the objects of services, and a log of the changes since the last one.

The server and the request path of the sandbox import it.
"""
