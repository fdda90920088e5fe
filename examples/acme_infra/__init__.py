"""Constructs of the company Acme, as extensions of the platform. Environments' files name them.

Nothing imports it.
"""
