"""
LocalStack's Step Functions as a referee, without Docker, Java and downloads.

Functions are called at FUNCTIONS_ENDPOINT. JSONata, for which LocalStack would load a Java library, is evaluated by
jsonata-python, one more implementation of the language.
"""

import importlib
import json
import os
import pkgutil

import boto3
import jsonata
from botocore.config import Config
from localstack.runtime.main import main
from localstack.services.stepfunctions import asl
from localstack.services.stepfunctions.asl.component.state.state_execution.state_task import (
    lambda_eval_utils,
)
from localstack.services.stepfunctions.asl.jsonata.jsonata import JSONataException

client_of_localstack = lambda_eval_utils.boto_client_for


def client_for(*args, **kwargs):
    service = kwargs.get("service") or args[0]
    if service != "lambda":
        return client_of_localstack(*args, **kwargs)
    return boto3.client(
        "lambda",
        region_name=kwargs.get("region", "us-east-1"),
        endpoint_url=os.environ["FUNCTIONS_ENDPOINT"],
        aws_access_key_id="test",
        aws_secret_access_key="test",
        # Retries are the machine's.
        config=Config(retries={"max_attempts": 0}, parameter_validation=False),
    )


def evaluate(expression):
    try:
        return json.loads(json.dumps(jsonata.Jsonata(expression).evaluate(None)))
    except Exception as error:
        raise JSONataException("UNKNOWN", str(error)) from error


lambda_eval_utils.boto_client_for = client_for

# Each module has imported the function by name.
for found in pkgutil.walk_packages(asl.__path__, asl.__name__ + "."):
    module = importlib.import_module(found.name)
    if hasattr(module, "eval_jsonata_expression"):
        module.eval_jsonata_expression = evaluate

main()
