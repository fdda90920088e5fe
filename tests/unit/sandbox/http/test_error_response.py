"""Errors reach clients of every protocol with their code and message."""

import pytest
from botocore.parsers import create_parser
from botocore.session import get_session

from terrarium_sandbox.http.aws_request import AwsRequest
from terrarium_sandbox.http.error_response import error_response


@pytest.mark.parametrize(
    ("service", "protocol"),
    [
        ("s3", "rest"),
        ("ec2", "query"),
        ("rds", "query"),
        ("iam", "query"),
        ("route53", "rest"),
        ("glue", "json"),
        ("dynamodb", "json"),
        ("batch", "rest"),
        ("scheduler", "rest"),
    ],
)
def test_botocore_reads_code_and_message(service: str, protocol: str) -> None:
    request = AwsRequest(service=service, access_key="k", operation="Do", protocol=protocol)
    response = error_response(request, status=400, code="NotImplemented", message='<no> "such" & thing')
    model = get_session().get_service_model(service)
    parsed = create_parser(model.metadata["protocol"]).parse(
        {
            "body": response.get_data(),
            "headers": {name.lower(): value for name, value in response.headers.items()},
            "status_code": response.status_code,
        },
        None,  # type: ignore[arg-type] # an error has no shape of its operation's
    )
    assert parsed["Error"]["Code"] == "NotImplemented"
    assert parsed["Error"]["Message"] == '<no> "such" & thing'
