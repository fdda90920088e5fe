"""A connection to an environment that nothing answers for: what needs no AWS works with it."""

import boto3

from terrarium.aws import Session
from terrarium.connection import Connection
from terrarium.experiments import Experiment
from terrarium.lab import Lab
from tests.unit.example_manifest import example_manifest

__all__ = ["example_connection", "example_experiment"]


def example_connection(environment: str = "dev") -> Connection:
    session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name="eu-central-1")
    return Connection(example_manifest(environment), Session(session))


def example_experiment(name: str) -> Experiment:
    return Lab(example_connection()).experiment(name)
