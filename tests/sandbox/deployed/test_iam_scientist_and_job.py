"""Rights of scientists and jobs in a deployed environment with IAM enforced."""

from collections.abc import Mapping
from typing import Any

import psycopg
import pytest
from botocore.exceptions import ClientError

from terrarium.manifest import PlatformManifest
from tests.support.athena_client import Athena
from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox
from tests.support.role_sessions import Session, as_person, as_service, refused

Manifests = Mapping[str, PlatformManifest]


@pytest.fixture(scope="module")
def scientist(everywhere_sandbox: LocalSandbox, enforced: Manifests) -> Session:
    return as_person(everywhere_sandbox, "dev", enforced["dev"].roles.scientist_arn)


@pytest.fixture(scope="module")
def scientist_in_prod(everywhere_sandbox: LocalSandbox, enforced: Manifests) -> Session:
    return as_person(everywhere_sandbox, "prod", enforced["prod"].roles.scientist_arn)


@pytest.fixture(scope="module")
def job(everywhere_sandbox: LocalSandbox, enforced: Manifests) -> Session:
    arn = enforced["dev"].roles.job_arn
    return as_service(everywhere_sandbox, "dev", arn, "ecs-tasks.amazonaws.com")


@pytest.fixture(scope="module")
def kept(everywhere_sandbox: LocalSandbox, enforced: Manifests) -> dict[str, str]:
    """A key under each prefix that the administrator has filled, of dev and of prod alike."""
    keys = {"experiments": "experiments/1/model", "artifacts": "artifacts/data", "foreign": "elsewhere/x"}
    for name in ("dev", "prod"):
        s3 = everywhere_sandbox.client("s3", name)
        for key in keys.values():
            s3.put_object(Bucket=enforced[name].artifacts.bucket, Key=key, Body=b"kept")
        s3.put_object(Bucket=enforced[name].registry.bucket, Key="models/churn", Body=b"kept")
    return keys


def test_a_scientist_records_reads_and_deletes_experiments(
    scientist: Session, enforced: Manifests, kept: dict[str, str]
) -> None:
    bucket, s3 = enforced["dev"].artifacts.bucket, scientist.client("s3")
    s3.put_object(Bucket=bucket, Key="experiments/2/model", Body=b"mine")
    assert s3.get_object(Bucket=bucket, Key="experiments/2/model")["Body"].read() == b"mine"
    assert s3.get_object(Bucket=bucket, Key=kept["artifacts"])["Body"].read() == b"kept"
    assert s3.list_objects_v2(Bucket=bucket, Prefix="experiments/")["KeyCount"] >= 2
    s3.delete_object(Bucket=bucket, Key="experiments/2/model")


def test_scientists_cannot_delete_pinned_versions(
    scientist: Session, enforced: Manifests, kept: dict[str, str]
) -> None:
    bucket, s3 = enforced["dev"].artifacts.bucket, scientist.client("s3")
    with refused("s3:DeleteObject"):
        s3.delete_object(Bucket=bucket, Key=kept["artifacts"])
    version = s3.head_object(Bucket=bucket, Key=kept["experiments"])["VersionId"]
    with refused("s3:DeleteObjectVersion"):
        s3.delete_object(Bucket=bucket, Key=kept["experiments"], VersionId=version)


@pytest.mark.parametrize("who", ["scientist", "job"])
def test_outside_of_the_platforms_prefixes_there_is_nothing_to_see(
    who: str, enforced: Manifests, kept: dict[str, str], request: pytest.FixtureRequest
) -> None:
    bucket, s3 = enforced["dev"].artifacts.bucket, request.getfixturevalue(who).client("s3")
    with refused("s3:GetObject"):
        s3.get_object(Bucket=bucket, Key=kept["foreign"])
    with refused("s3:PutObject"):
        s3.put_object(Bucket=bucket, Key=kept["foreign"], Body=b"")
    with refused("s3:ListBucket"):
        s3.list_objects_v2(Bucket=bucket)
    with refused("s3:GetObject", because="with an explicit deny in a permissions boundary"):
        s3.get_object(Bucket="terrarium-dev-state-111111111111", Key="terraform.tfstate")


def test_a_job_reads_and_writes_its_prefixes_and_deletes_nothing_of_them(
    job: Session, enforced: Manifests, kept: dict[str, str]
) -> None:
    bucket, s3 = enforced["dev"].artifacts.bucket, job.client("s3")
    assert s3.get_object(Bucket=bucket, Key=kept["artifacts"])["Body"].read() == b"kept"
    s3.put_object(Bucket=bucket, Key="experiments/3/model", Body=b"")
    for key in (kept["artifacts"], kept["experiments"]):
        with refused("s3:DeleteObject"):
            s3.delete_object(Bucket=bucket, Key=key)


def test_in_prod_a_scientist_looks(
    scientist_in_prod: Session, enforced: Manifests, kept: dict[str, str]
) -> None:
    prod, s3 = enforced["prod"], scientist_in_prod.client("s3")
    assert s3.get_object(Bucket=prod.artifacts.bucket, Key=kept["experiments"])["Body"].read() == b"kept"
    assert s3.get_object(Bucket=prod.registry.bucket, Key="models/churn")["Body"].read() == b"kept"


def test_in_prod_a_scientist_neither_writes_nor_deletes_anywhere(
    scientist_in_prod: Session, enforced: Manifests, kept: dict[str, str]
) -> None:
    prod, s3 = enforced["prod"], scientist_in_prod.client("s3")
    places = [
        (prod.artifacts.bucket, kept["experiments"]),
        (prod.artifacts.bucket, kept["artifacts"]),
        (prod.registry.bucket, "models/churn"),
        (prod.features.warehouse.removeprefix("s3://"), "table/data"),
    ]
    for bucket, key in places:
        with refused("s3:PutObject"):
            s3.put_object(Bucket=bucket, Key=key, Body=b"")
        with refused("s3:DeleteObject"):
            s3.delete_object(Bucket=bucket, Key=key)
    item = {"entity": {"S": "1"}, "feature_view": {"S": "v"}}
    with refused("dynamodb:PutItem"):
        scientist_in_prod.client("dynamodb").put_item(TableName=prod.features.online_table, Item=item)
    with refused("glue:CreateTable"):
        scientist_in_prod.client("glue").create_table(
            DatabaseName=prod.features.catalog_database, TableInput={"Name": "t"}
        )
    with refused("batch:SubmitJob"):
        _submit(scientist_in_prod, prod)


def test_features_are_read_and_written_in_their_own_table_and_catalog_only(
    scientist: Session, enforced: Manifests
) -> None:
    features, dynamodb = enforced["dev"].features, scientist.client("dynamodb")
    key = {"entity": {"S": "1"}, "feature_view": {"S": "v"}}
    dynamodb.put_item(TableName=features.online_table, Item=key)
    assert dynamodb.get_item(TableName=features.online_table, Key=key)["Item"] == key
    with refused("dynamodb:GetItem"):
        dynamodb.get_item(TableName="another", Key=key)
    glue = scientist.client("glue")
    glue.create_table(DatabaseName=features.catalog_database, TableInput={"Name": "iam"})
    with refused("glue:GetTable"):
        glue.get_table(DatabaseName="another", Name="iam")
    with refused("glue:DeleteDatabase"):
        glue.delete_database(Name=features.catalog_database)


def test_queries_run_in_the_platforms_workgroup_only(scientist: Session, enforced: Manifests) -> None:
    athena = scientist.client("athena")
    with refused("athena:StartQueryExecution"):
        athena.start_query_execution(QueryString="select 1", WorkGroup="primary")
    with refused("athena:UpdateWorkGroup"):
        athena.update_work_group(WorkGroup=enforced["dev"].features.workgroup, Description="mine")


def test_scientists_and_jobs_make_tables_fill_and_ask_them_by_athena(
    scientist: Session, job: Session, enforced: Manifests
) -> None:
    """A query reads and writes with the rights of its caller."""
    features = enforced["dev"].features
    for who, table in ((scientist, "iam_scientist"), (job, "iam_job")):
        query = Athena(enforced["dev"], client=who.client("athena"))
        query.run(
            f"CREATE TABLE {table} (id bigint, ds string) PARTITIONED BY (ds) "
            f"LOCATION '{features.warehouse}/{table}/' TBLPROPERTIES ('table_type' = 'ICEBERG')"
        )
        query.run(f"INSERT INTO {table} VALUES (1, 'a'), (2, 'b')")
        query.run(f"DELETE FROM {table} WHERE id = 1")
        query.run(f"CREATE TABLE {table}_p WITH (partitioned_by = ARRAY['ds']) AS SELECT * FROM {table}")
        assert query.rows(f"SELECT * FROM {table}_p") == [["id", "ds"], ["2", "b"]]
        query.run(f"DROP TABLE {table}")
        assert "glue:GetTable" in query.failure("SELECT * FROM another.t")


def test_jobs_are_submitted_to_the_platforms_queues_with_its_definitions_only(
    scientist: Session, enforced: Manifests
) -> None:
    dev = enforced["dev"]
    # Allowed, though there is no such revision.
    with pytest.raises(ClientError, match="ClientException"):
        _submit(scientist, dev, definition="terrarium-dev-job:999999")
    for definition in (
        "another",
        "terrarium-dev-jobs",
        "terrarium-dev-migration",
        "terrarium-dev-promotion:1",
    ):
        with refused("batch:SubmitJob"):
            _submit(scientist, dev, definition=definition)
    with refused("batch:SubmitJob"):
        scientist.client("batch").submit_job(
            jobName="j", jobQueue="another", jobDefinition="terrarium-dev-none", shareIdentifier="s"
        )


def test_the_key_works_through_services_only(scientist: Session, enforced: Manifests) -> None:
    kms = scientist.client("kms")
    with refused("kms:GenerateDataKey"):
        kms.generate_data_key(KeyId=enforced["dev"].encryption.key_arn, KeySpec="AES_256")
    with refused("kms:ScheduleKeyDeletion"):
        kms.schedule_key_deletion(KeyId=enforced["dev"].encryption.key_arn)


@pytest.mark.parametrize("who", ["scientist", "job", "scientist_in_prod"])
def test_nobody_reads_the_master_secret_or_changes_who_may_what(
    who: str, enforced: Manifests, request: pytest.FixtureRequest
) -> None:
    session: Session = request.getfixturevalue(who)
    manifest = enforced[session.environment]
    with refused("secretsmanager:GetSecretValue"):
        session.client("secretsmanager").get_secret_value(SecretId=manifest.metadata.master_secret_arn)
    iam = session.client("iam")
    with refused("iam:AttachRolePolicy"):
        iam.attach_role_policy(
            RoleName=manifest.roles.scientist_arn.rpartition("/")[2],
            PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess",
        )
    with refused("iam:CreateUser"):
        iam.create_user(UserName="backdoor")


def test_the_manifest_is_read_and_not_written(scientist: Session) -> None:
    ssm = scientist.client("ssm")
    found = ssm.get_parameter(Name="/terrarium/dev/manifest", WithDecryption=True)
    assert found["Parameter"]["Value"].startswith("{")
    with refused("ssm:PutParameter"):
        ssm.put_parameter(Name="/terrarium/dev/manifest", Value="{}", Overwrite=True)
    with refused("ssm:GetParameter"):
        ssm.get_parameter(Name="/terrarium/test/manifest")


def test_the_database_lets_a_role_in_as_the_users_that_it_was_granted(
    everywhere: Mapping[str, Deployment], scientist_in_prod: Session, enforced: Manifests
) -> None:
    everywhere["prod"].terrarium("migrate", "prod")
    metadata = enforced["prod"].metadata

    def log_in(user: str) -> None:
        token = scientist_in_prod.client("rds").generate_db_auth_token(
            DBHostname=metadata.host, Port=metadata.port, DBUsername=user
        )
        psycopg.connect(
            host=metadata.host,
            port=metadata.port,
            user=user,
            password=token,
            dbname=metadata.database,
            sslmode="require",
        ).close()

    log_in(metadata.reader)
    for user in (metadata.writer, metadata.owner):
        with pytest.raises(psycopg.OperationalError, match="authentication failed"):
            log_in(user)


def _submit(session: Session, manifest: PlatformManifest, *, definition: str | None = None) -> Any:
    return session.client("batch").submit_job(
        jobName="j",
        jobQueue=manifest.compute.pools[0].queue_arn,
        jobDefinition=definition or manifest.compute.job_definition_arn,
        shareIdentifier="s",
        tags={"environment": "dev", "run": "abc"},
    )
