"""Check of the values of resources against CloudFormation's schemas, botocore's models and documented quotas.

Only `policies` imports it.
"""
