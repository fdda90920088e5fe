"""Checks of stacks against rules that AWS publishes: IAM, CloudFormation, service models and quotas.

`policies` imports it, and `operations` for generated pages.
"""
