"""Values of resources against AWS' published models: CloudFormation's schemas, botocore's, and documented quotas."""
