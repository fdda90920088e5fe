"""A manifest as `cdktf deploy dev` would write it."""

from terrarium.manifest import PlatformManifest

__all__ = ["example_manifest"]


def example_manifest(environment: str = "dev", *, account: str = "123456789012") -> PlatformManifest:
    region = "eu-central-1"
    bucket = f"terrarium-{environment}-artifacts-{account}"
    return PlatformManifest.model_validate(
        {
            "environment": environment,
            "account": account,
            "region": region,
            "stack_digest": "sha256:" + "0" * 64,
            "encryption": {
                "key_arn": f"arn:aws:kms:{region}:{account}:key/11111111-2222-3333-4444-555555555555"
            },
            "network": {
                "vpc_id": "vpc-1",
                "private_subnet_ids": ["subnet-1", "subnet-2"],
                "client_security_group_id": "sg-1",
            },
            "artifacts": {
                "bucket": bucket,
                "bucket_arn": f"arn:aws:s3:::{bucket}",
                "experiments_prefix": "experiments/",
                "artifacts_prefix": "artifacts/",
            },
            "metadata": {
                "cluster_id": f"terrarium-{environment}-metadata",
                "cluster_resource_id": "cluster-ABC",
                "host": "db.example",
                "reader_host": "db-ro.example",
                "port": 5432,
                "database": "terrarium",
                "owner": "terrarium_owner",
                "writer": "terrarium_writer",
                "reader": "terrarium_reader",
                "master_secret_arn": f"arn:aws:secretsmanager:{region}:{account}:secret:rds!cluster-1",
            },
            "features": {
                "warehouse": f"s3://terrarium-{environment}-warehouse-{account}",
                "catalog_database": f"terrarium_{environment}_features",
                "workgroup": f"terrarium-{environment}-features",
                "online_table": f"terrarium-{environment}-features",
            },
            "compute": {
                "pools": [
                    {
                        "name": "cpu",
                        "queue_arn": f"arn:aws:batch:{region}:{account}:job-queue/terrarium-{environment}-cpu",
                        "accelerator": "none",
                        "purchase": "spot",
                        "instance_types": ["m7i"],
                        "maximum_vcpus": 64,
                        "nodes": 1,
                    },
                    {
                        "name": "gpu",
                        "queue_arn": f"arn:aws:batch:{region}:{account}:job-queue/terrarium-{environment}-gpu",
                        "accelerator": "gpu",
                        "purchase": "spot",
                        "instance_types": ["g5"],
                        "maximum_vcpus": 64,
                        "nodes": 1,
                    },
                    {
                        "name": "cluster",
                        "queue_arn": f"arn:aws:batch:{region}:{account}:job-queue/terrarium-{environment}-cluster",
                        "accelerator": "none",
                        "purchase": "on-demand",
                        "instance_types": ["c7i"],
                        "maximum_vcpus": 128,
                        "nodes": 4,
                    },
                ],
                "job_definition_arn": f"arn:aws:batch:{region}:{account}:job-definition/job:1",
                "migration_job_definition_arn": f"arn:aws:batch:{region}:{account}:job-definition/migration:1",
                "images_url": f"{account}.dkr.ecr.{region}.amazonaws.com/terrarium-{environment}-training",
                "log_group": f"/terrarium/{environment}/jobs",
            },
            "registry": {
                "bucket": f"terrarium-{environment}-models-{account}",
                "models_prefix": "models/",
                "images_url": f"{account}.dkr.ecr.{region}.amazonaws.com/terrarium-{environment}-serving",
            },
            "pipelines": {
                "names": [],
                "state_machine_prefix": f"arn:aws:states:{region}:{account}:stateMachine:terrarium-{environment}-",
                "schedule_group": f"terrarium-{environment}-pipelines",
            },
            "tunnel": {
                "cluster_arn": f"arn:aws:ecs:{region}:{account}:cluster/terrarium-{environment}-tunnel",
                "task_definition_arn": f"arn:aws:ecs:{region}:{account}:task-definition/tunnel:1",
                "subnet_ids": ["subnet-3"],
                "security_group_id": "sg-1",
                "public_address": True,
            },
            "roles": {
                "promotion_arn": None,
                "promotion_source_arn": None,
                **{
                    f"{role}_arn": f"arn:aws:iam::{account}:role/terrarium-{environment}-{role}"
                    for role in ("scientist", "job", "ci_plan", "ci_deploy")
                },
            },
        }
    )
