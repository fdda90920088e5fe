"""Counterparts of Batch, ECR, ECS and SageMaker."""

from collections.abc import Mapping

from policies.aws.values.counterparts.counterpart import Counterpart

__all__ = ["COMPUTE"]

_NOTEBOOK = {
    "name": "NotebookInstanceName",
    "security_groups": "SecurityGroupIds",
    "volume_size": "VolumeSizeInGB",
}

COMPUTE: Mapping[str, Counterpart] = {
    "aws_batch_compute_environment": Counterpart(
        cloudformation="AWS::Batch::ComputeEnvironment",
        operations=("batch.CreateComputeEnvironment", "batch.UpdateComputeEnvironment"),
        # The provider appends a timestamp and sends it as the name.
        schema={"compute_environment_name_prefix": "ComputeEnvironmentName"},
        api={"compute_environment_name_prefix": "computeEnvironmentName"},
    ),
    "aws_batch_job_definition": Counterpart(
        cloudformation="AWS::Batch::JobDefinition", operations=("batch.RegisterJobDefinition",)
    ),
    "aws_batch_job_queue": Counterpart(
        cloudformation="AWS::Batch::JobQueue", operations=("batch.CreateJobQueue",)
    ),
    "aws_batch_scheduling_policy": Counterpart(
        cloudformation="AWS::Batch::SchedulingPolicy", operations=("batch.CreateSchedulingPolicy",)
    ),
    "aws_ecr_lifecycle_policy": Counterpart(
        cloudformation="AWS::ECR::Repository",
        operations=("ecr.PutLifecyclePolicy",),
        schema={"policy": "LifecyclePolicy.LifecyclePolicyText", "repository": None},
        api={"policy": "lifecyclePolicyText", "repository": "repositoryName"},
        part_of="repository",
    ),
    "aws_ecr_repository": Counterpart(
        cloudformation="AWS::ECR::Repository", operations=("ecr.CreateRepository",)
    ),
    "aws_ecs_cluster": Counterpart(
        cloudformation="AWS::ECS::Cluster",
        operations=("ecs.CreateCluster",),
        schema={"setting": "ClusterSettings"},
    ),
    "aws_ecs_task_definition": Counterpart(
        cloudformation="AWS::ECS::TaskDefinition", operations=("ecs.RegisterTaskDefinition",)
    ),
    "aws_launch_template": Counterpart(
        cloudformation="AWS::EC2::LaunchTemplate",
        operations=("ec2.CreateLaunchTemplate",),
        within=("LaunchTemplateData",),
        schema={"tags": None},  # the template's own tags are a part of TagSpecifications there
    ),
    "aws_placement_group": Counterpart(
        cloudformation="AWS::EC2::PlacementGroup",
        operations=("ec2.CreatePlacementGroup",),
        schema={"name": None},  # CloudFormation chooses it
        api={"name": "GroupName"},
    ),
    "aws_sagemaker_notebook_instance": Counterpart(
        cloudformation="AWS::SageMaker::NotebookInstance",
        operations=("sagemaker.CreateNotebookInstance",),
        schema=_NOTEBOOK,
        api=_NOTEBOOK,
    ),
    "aws_sagemaker_notebook_instance_lifecycle_configuration": Counterpart(
        cloudformation="AWS::SageMaker::NotebookInstanceLifecycleConfig",
        operations=("sagemaker.CreateNotebookInstanceLifecycleConfig",),
        schema={"on_start": "OnStart.0.Content", "on_create": "OnCreate.0.Content"},
        api={"on_start": "OnStart.0.Content", "on_create": "OnCreate.0.Content"},
    ),
}
