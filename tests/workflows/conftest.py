from importlib.util import find_spec

# the library needs a newer boto3 than the oldest that this package supports
collect_ignore = [] if find_spec("aws_durable_execution_sdk_python_testing") else ["test_durable.py"]
