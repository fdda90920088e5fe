"""Counterparts of IAM, KMS and Parameter Store."""

from collections.abc import Mapping

from policies.aws.values.counterparts.counterpart import Counterpart

__all__ = ["ACCESS"]

ACCESS: Mapping[str, Counterpart] = {
    "aws_iam_instance_profile": Counterpart(
        cloudformation="AWS::IAM::InstanceProfile",
        operations=("iam.CreateInstanceProfile", "iam.AddRoleToInstanceProfile"),
        api={"name": "InstanceProfileName", "role": "RoleName"},
    ),
    "aws_iam_openid_connect_provider": Counterpart(
        cloudformation="AWS::IAM::OIDCProvider", operations=("iam.CreateOpenIDConnectProvider",)
    ),
    "aws_iam_policy": Counterpart(
        cloudformation="AWS::IAM::ManagedPolicy",
        operations=("iam.CreatePolicy",),
        schema={"policy": "PolicyDocument"},
        api={"name": "PolicyName", "policy": "PolicyDocument"},
    ),
    "aws_iam_role": Counterpart(
        cloudformation="AWS::IAM::Role",
        operations=("iam.CreateRole",),
        schema={"assume_role_policy": "AssumeRolePolicyDocument"},
        api={"assume_role_policy": "AssumeRolePolicyDocument"},
    ),
    "aws_iam_role_policy": Counterpart(
        cloudformation="AWS::IAM::RolePolicy",
        operations=("iam.PutRolePolicy",),
        schema={"name": "PolicyName", "policy": "PolicyDocument", "role": "RoleName"},
        api={"name": "PolicyName", "policy": "PolicyDocument", "role": "RoleName"},
    ),
    "aws_iam_role_policy_attachment": Counterpart(
        cloudformation="AWS::IAM::Role",
        operations=("iam.AttachRolePolicy",),
        schema={"policy_arn": "ManagedPolicyArns", "role": None},
        api={"role": "RoleName"},
        part_of="role",
    ),
    "aws_kms_alias": Counterpart(cloudformation="AWS::KMS::Alias", operations=("kms.CreateAlias",)),
    "aws_kms_key": Counterpart(
        cloudformation="AWS::KMS::Key",
        operations=("kms.CreateKey", "kms.ScheduleKeyDeletion"),
        schema={"policy": "KeyPolicy", "deletion_window_in_days": "PendingWindowInDays"},
        api={
            "deletion_window_in_days": "PendingWindowInDays",
            "enable_key_rotation": None,  # of EnableKeyRotation
        },
    ),
    "aws_ssm_parameter": Counterpart(
        cloudformation="AWS::SSM::Parameter",
        operations=("ssm.PutParameter",),
        # CloudFormation creates no SecureString: its type and key are checked by the API's model.
        schema={"type": None, "key_id": None},
        constants={"Type": "String"},
    ),
}
