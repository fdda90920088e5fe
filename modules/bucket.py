"""S3 buckets: versioned, encrypted, private, with access over TLS only."""

from datetime import date

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import (
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload,
    S3BucketLifecycleConfigurationRuleExpiration,
    S3BucketLifecycleConfigurationRuleFilter,
    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration,
)
from cdktf_cdktf_provider_aws.s3_bucket_notification import S3BucketNotification
from cdktf_cdktf_provider_aws.s3_bucket_object_lock_configuration import (
    S3BucketObjectLockConfigurationA,
    S3BucketObjectLockConfigurationRuleA,
    S3BucketObjectLockConfigurationRuleDefaultRetentionA,
)
from cdktf_cdktf_provider_aws.s3_bucket_ownership_controls import (
    S3BucketOwnershipControls,
    S3BucketOwnershipControlsRule,
)
from cdktf_cdktf_provider_aws.s3_bucket_policy import S3BucketPolicy
from cdktf_cdktf_provider_aws.s3_bucket_public_access_block import S3BucketPublicAccessBlock
from cdktf_cdktf_provider_aws.s3_bucket_server_side_encryption_configuration import (
    S3BucketServerSideEncryptionConfigurationA,
    S3BucketServerSideEncryptionConfigurationRuleA,
    S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA,
)
from cdktf_cdktf_provider_aws.s3_bucket_versioning import (
    S3BucketVersioningA,
    S3BucketVersioningVersioningConfiguration,
)
from constructs import Construct

from environments.sections.lock_mode import LockMode
from modules.encryption import Encryption
from modules.iam.role import Role
from modules.iam.statement import Statement, policy_document
from modules.names import Names
from modules.waivers import waive

__all__ = ["Bucket"]

_ABANDONED_UPLOAD_DAYS = 7


class Bucket(Construct):
    """An S3 bucket that keeps overwritten and deleted versions for a number of days.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope, which also names its grants.
        names: The names of the environment's resources.
        name: The part of its physical name between environment and account.
        protected: Whether Terraform refuses to destroy it; if not, destroying it deletes its objects.
        noncurrent_version_days: Days that overwritten and deleted versions are kept.
        noncurrent_prefix: The prefix in which these versions expire. Elsewhere they do not: references contain them.
        encryption: The key that encrypts its objects.
        expiration_days: Days after which objects expire; None if they do not.
        locked_days: Days in which versions cannot be deleted (object lock); 0 for no lock.
        lock_mode: Mode of the lock: `governance`, which principals with `s3:BypassGovernanceRetention` can bypass, or
            `compliance`, which no principal can.
        policy: Statements of its policy, besides the one that requires TLS.
        notifies: Whether S3 sends events about its objects to EventBridge.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        names: Names,
        name: str,
        protected: bool,
        noncurrent_version_days: int,
        encryption: Encryption,
        noncurrent_prefix: str = "",
        expiration_days: int | None = None,
        locked_days: int = 0,
        lock_mode: LockMode = "governance",
        policy: tuple[Statement, ...] = (),
        notifies: bool = False,
    ) -> None:
        super().__init__(scope, id)
        self._id = id
        self._noncurrent_prefix = noncurrent_prefix
        self._encryption = encryption
        self.resource = S3Bucket(
            self,
            "bucket",
            bucket=names.bucket(name),
            force_destroy=not protected,
            # Without `object_lock_enabled`, whose change would replace the bucket: S3 enables the lock of a bucket with
            # objects, too (Amazon S3 User Guide, "Enable Object Lock on an existing S3 bucket").
            lifecycle=TerraformResourceLifecycle(prevent_destroy=protected),
        )
        self._waive(notifies=notifies)
        if notifies:
            S3BucketNotification(self, "notification", bucket=self.name, eventbridge=True)
        self.policy = self._keep_private(policy)
        self._keep_versions(noncurrent_version_days, expiration_days, locked_days, lock_mode)
        S3BucketServerSideEncryptionConfigurationA(
            self,
            "encryption",
            bucket=self.name,
            rule=[
                S3BucketServerSideEncryptionConfigurationRuleA(
                    # One data key per bucket and hour instead of one per object: KMS requests are billed.
                    bucket_key_enabled=True,
                    apply_server_side_encryption_by_default=(
                        S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA(
                            sse_algorithm="aws:kms", kms_master_key_id=encryption.key_arn
                        )
                    ),
                )
            ],
        )

    @property
    def name(self) -> str:
        """The bucket's name."""
        return self.resource.bucket

    @property
    def arn(self) -> str:
        """The bucket's ARN."""
        return self.resource.arn

    def grant_read(self, role: Role, *, prefix: str = "") -> tuple[Statement, ...]:
        """Let `role` list the objects under `prefix`, and read them in every version."""
        return role.allow(
            self._grant("read", prefix),
            self._list_statement(prefix),
            Statement(
                sid="Read",
                actions=(
                    "s3:GetObject",
                    "s3:GetObjectAttributes",
                    "s3:GetObjectVersion",
                    "s3:GetObjectVersionAttributes",
                ),
                resources=(self._objects(prefix),),
            ),
            self._encryption.decrypt_statement("s3"),
        )

    def grant_write(
        self, role: Role, *, prefix: str = "", through: str | None = None
    ) -> tuple[Statement, ...]:
        """Let `role` put objects under `prefix`, also in multipart uploads. Reading them needs `grant_read`.

        Args:
            role: The role.
            prefix: The prefix of their keys.
            through: The service that must make the requests on the role's behalf, such as `athena`. Defaults to none:
                the role may make them itself.
        """
        via = {"aws:CalledVia": f"{through}.amazonaws.com"}
        return role.allow(
            self._grant("write", prefix),
            Statement(
                sid="Write",
                actions=("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"),
                resources=(self._objects(prefix),),
                conditions={"ForAnyValue:StringEquals": via} if through else {},
            ),
            Statement(
                sid="FindUnfinishedUploads", actions=("s3:ListBucketMultipartUploads",), resources=(self.arn,)
            ),
            self._encryption.encrypt_statement("s3"),
        )

    def grant_delete(self, role: Role, *, prefix: str = "") -> tuple[Statement, ...]:
        """Let `role` delete objects under `prefix`. Their versions stay until the lifecycle rule deletes them."""
        return role.allow(
            self._grant("delete", prefix),
            Statement(sid="Delete", actions=("s3:DeleteObject",), resources=(self._objects(prefix),)),
        )

    def _waive(self, *, notifies: bool) -> None:
        waive(
            self.resource,
            "CKV_AWS_144",
            owner="ml-platform",
            reason="An environment is in one region by decision; versions, and object locks of models, protect from "
            "deletion, and S3 itself keeps objects in three availability zones",
            expires=date(2027, 11, 30),
        )
        if not notifies:
            waive(
                self.resource,
                "CKV2_AWS_62",
                owner="ml-platform",
                reason="Nothing consumes events of these objects: only pipelines that wait for data do, and no "
                "pipeline of this environment waits for data here",
                expires=date(2027, 11, 30),
            )

    def _keep_private(self, statements: tuple[Statement, ...]) -> S3BucketPolicy:
        S3BucketOwnershipControls(
            self,
            "ownership",
            bucket=self.name,
            rule=S3BucketOwnershipControlsRule(object_ownership="BucketOwnerEnforced"),
        )
        block = S3BucketPublicAccessBlock(
            self,
            "public-access-block",
            bucket=self.name,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        )
        return S3BucketPolicy(
            self,
            "policy",
            bucket=self.name,
            policy=policy_document(
                (
                    Statement(
                        sid="DenyInsecureTransport",
                        effect="Deny",
                        principals="*",
                        actions=("s3:*",),
                        resources=(self.arn, f"{self.arn}/*"),
                        conditions={"Bool": {"aws:SecureTransport": "false"}},
                    ),
                    *statements,
                )
            ),
            depends_on=[block],  # S3 refuses concurrent changes of both
        )

    def _keep_versions(
        self,
        noncurrent_version_days: int,
        expiration_days: int | None,
        locked_days: int,
        lock_mode: LockMode,
    ) -> None:
        versioning = S3BucketVersioningA(
            self,
            "versioning",
            bucket=self.name,
            versioning_configuration=S3BucketVersioningVersioningConfiguration(status="Enabled"),
        )
        S3BucketLifecycleConfiguration(
            self,
            "lifecycle",
            bucket=self.name,
            rule=[
                S3BucketLifecycleConfigurationRule(
                    id="end-noncurrent-versions",
                    status="Enabled",
                    filter=[S3BucketLifecycleConfigurationRuleFilter(prefix=self._noncurrent_prefix)],
                    noncurrent_version_expiration=[
                        S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(
                            noncurrent_days=noncurrent_version_days
                        )
                    ],
                    expiration=[
                        S3BucketLifecycleConfigurationRuleExpiration(days=expiration_days)
                        if expiration_days
                        else S3BucketLifecycleConfigurationRuleExpiration(expired_object_delete_marker=True)
                    ],
                ),
                S3BucketLifecycleConfigurationRule(
                    id="abort-abandoned-uploads",
                    status="Enabled",
                    filter=[S3BucketLifecycleConfigurationRuleFilter(prefix="")],
                    abort_incomplete_multipart_upload=[
                        S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload(
                            days_after_initiation=_ABANDONED_UPLOAD_DAYS
                        )
                    ],
                ),
            ],
            depends_on=[versioning],  # rules for noncurrent versions need versions
        )

        if locked_days:
            S3BucketObjectLockConfigurationA(
                self,
                "object-lock",
                bucket=self.name,
                rule=S3BucketObjectLockConfigurationRuleA(
                    default_retention=S3BucketObjectLockConfigurationRuleDefaultRetentionA(
                        mode=lock_mode.upper(), days=locked_days
                    )
                ),
                depends_on=[versioning],
            )

    def _list_statement(self, prefix: str) -> Statement:
        return Statement(
            sid="List",
            actions=("s3:ListBucket", "s3:ListBucketVersions"),
            resources=(self.arn,),
            conditions={"StringLike": {"s3:prefix": f"{prefix}*"}} if prefix else {},
        )

    def _objects(self, prefix: str) -> str:
        return f"{self.arn}/{prefix}*"

    def _grant(self, verb: str, prefix: str) -> str:
        return "-".join(part for part in (self._id, verb, prefix.strip("/").replace("/", "-")) if part)
