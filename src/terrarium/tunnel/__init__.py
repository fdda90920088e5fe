"""Tunnel from a laptop to the private database through Session Manager, without an open port in the network."""
