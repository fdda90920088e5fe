"""Checks of stacks against rules that AWS publishes: IAM, CloudFormation, service models and quotas.

Only `policies` imports it.
"""
