"""The audit trail of API calls in the account and of accesses to the platform's objects."""

from datetime import date

from cdktf_cdktf_provider_aws.cloudtrail import (
    Cloudtrail,
    CloudtrailAdvancedEventSelector,
    CloudtrailAdvancedEventSelectorFieldSelector,
)
from constructs import Construct

from environments.sections.audit import Audit as AuditConfig
from modules.bucket import Bucket
from modules.encryption import Encryption
from modules.iam.statement import Statement
from modules.names import Names
from modules.waivers import waive

__all__ = ["AuditTrail"]

_CLOUDTRAIL = "cloudtrail.amazonaws.com"
_REPLACED_LOG_DAYS = 30


class AuditTrail(Construct):
    """A CloudTrail trail over all regions, and its locked bucket, which only CloudTrail writes to, or an existing one.

    Log files are encrypted and signed in a chain: `aws cloudtrail validate-logs` finds missing ones.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The section `audit` of the environment's file.
        names: The names of the environment's resources.
        encryption: The key that encrypts its log files.
        buckets: The buckets whose reads and writes of objects are recorded.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: AuditConfig,
        names: Names,
        encryption: Encryption,
        buckets: tuple[Bucket, ...],
    ) -> None:
        super().__init__(scope, id)
        own = None if config.log_bucket else self._own_bucket(config, names, encryption)
        self.resource = Cloudtrail(
            self,
            "trail",
            name=names.trail,
            s3_bucket_name=own.name if own else config.log_bucket or "",
            kms_key_id=config.log_key_arn or encryption.key_arn,
            enable_log_file_validation=True,
            is_multi_region_trail=True,  # events of IAM are in us-east-1 only
            include_global_service_events=True,
            advanced_event_selector=[
                CloudtrailAdvancedEventSelector(
                    name="Calls in the account", field_selector=[_field("eventCategory", "Management")]
                ),
                CloudtrailAdvancedEventSelector(
                    name="Objects of the platform",
                    field_selector=[
                        _field("eventCategory", "Data"),
                        _field("resources.type", "AWS::S3::Object"),
                        CloudtrailAdvancedEventSelectorFieldSelector(
                            field="resources.ARN", starts_with=[f"{bucket.arn}/" for bucket in buckets]
                        ),
                    ],
                ),
            ],
            # CreateTrail checks whether CloudTrail may write to the bucket.
            depends_on=[own.policy] if own else None,
        )
        self._waive()

    def _own_bucket(self, config: AuditConfig, names: Names, encryption: Encryption) -> Bucket:
        return Bucket(
            self,
            "logs",
            names=names,
            name="audit",
            protected=config.protected,
            noncurrent_version_days=_REPLACED_LOG_DAYS,
            encryption=encryption,
            expiration_days=config.retention_days,
            locked_days=config.locked_days,
            lock_mode=config.lock_mode,
            policy=_delivery(names),
        )

    def _waive(self) -> None:
        waive(
            self.resource,
            "CKV2_AWS_10",
            owner="ml-platform",
            reason="Alarms on calls use EventBridge, which gets each event within seconds and free of charge; a "
            "copy in CloudWatch Logs would cost 0.50 USD a gigabyte and be one more place that can be "
            "tampered with",
            expires=date(2027, 11, 30),
        )
        waive(
            self.resource,
            "CKV_AWS_252",
            owner="ml-platform",
            reason="The topic would announce each log file, every five minutes, and no program processes them one "
            "by one: investigations query the bucket",
            expires=date(2027, 11, 30),
        )


def _field(field: str, value: str) -> CloudtrailAdvancedEventSelectorFieldSelector:
    return CloudtrailAdvancedEventSelectorFieldSelector(field=field, equal_to=[value])


def _delivery(names: Names) -> tuple[Statement, ...]:
    # For this trail only: a trail of another account may not write here (confused deputy).
    bucket = names.bucket_arn(names.bucket("audit"))
    of_this_trail = {"aws:SourceArn": names.trail_arn}
    return (
        Statement(
            sid="CloudTrailGetsBucketAcl",
            principals={"Service": (_CLOUDTRAIL,)},
            actions=("s3:GetBucketAcl",),
            resources=(bucket,),
            conditions={"StringEquals": of_this_trail},
        ),
        Statement(
            sid="CloudTrailWrites",
            principals={"Service": (_CLOUDTRAIL,)},
            actions=("s3:PutObject",),
            resources=(f"{bucket}/AWSLogs/{names.account}/*",),
            conditions={"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", **of_this_trail}},
        ),
    )
