"""Policies: rules for every synthesized stack and every plan, checked before anything is deployed.

It imports `stacks` and below. Only `operations` imports it.
"""
