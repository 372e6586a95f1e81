"""The public `preflight`, for both clients."""

from rekog_versions.client.dispatch import for_both_clients
from rekog_versions.preflight._async.run import preflight as _preflight_async
from rekog_versions.preflight._sync.run import preflight as _preflight

preflight = for_both_clients(_preflight, _preflight_async)
