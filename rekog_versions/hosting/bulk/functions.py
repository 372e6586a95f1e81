"""The functions of bulk detection that take either client. `running()` and the others are imported without them."""

from rekog_versions.client.dispatch import for_both_clients
from rekog_versions.hosting._async import bulk_run as run_for_asyncio, capacity as capacity_for_asyncio
from rekog_versions.hosting._sync import bulk_run as run_for_boto3, capacity as capacity_for_boto3

detect_all = for_both_clients(run_for_boto3.detect_all, run_for_asyncio.detect_all)
measure_capacity = for_both_clients(capacity_for_boto3.measure_capacity, capacity_for_asyncio.measure_capacity)
