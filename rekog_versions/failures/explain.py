"""The public `explain_failure`, for both clients."""

from rekog_versions.client.dispatch import for_both_clients
from rekog_versions.failures._async.explain import explain_failure as _explain_async
from rekog_versions.failures._sync.explain import explain_failure as _explain

explain_failure = for_both_clients(_explain, _explain_async)
