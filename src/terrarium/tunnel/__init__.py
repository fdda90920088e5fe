"""Tunnel from a laptop to the private database through Session Manager, without an open port in the network.

Foundation: stores read the tunnel's address from it, and faces import its command.
"""
