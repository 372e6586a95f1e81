"""The functions of this package that take either client."""

from rekog_versions._keywords import explains_misuse
from rekog_versions.client.dispatch import for_both_clients
from rekog_versions.hosting._async import hosted as hosted_for_asyncio, overview as for_asyncio
from rekog_versions.hosting._async.running import AsyncRunning
from rekog_versions.hosting._sync import hosted as hosted_for_boto3, overview as for_boto3
from rekog_versions.hosting._sync.running import Running

explains_misuse(
    AsyncRunning, "with an AsyncVersionsClient, write `async with running(client, ...)`", "__enter__", "__exit__"
)
explains_misuse(
    Running, "with a VersionsClient, write `with running(client, ...)`, without async", "__aenter__", "__aexit__"
)

running = for_both_clients(Running, AsyncRunning, name="running")
running_models = for_both_clients(for_boto3.running_models, for_asyncio.running_models)
stop_all = for_both_clients(for_boto3.stop_all, for_asyncio.stop_all)
training_costs = for_both_clients(for_boto3.training_costs, for_asyncio.training_costs)
hosting_costs = for_both_clients(hosted_for_boto3.hosting_costs, hosted_for_asyncio.hosting_costs)
idle_models = for_both_clients(for_boto3.idle_models, for_asyncio.idle_models)
