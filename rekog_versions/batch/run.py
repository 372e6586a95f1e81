"""The public `as_trained` and `submit_all`, for both clients."""

from rekog_versions.batch._async.run import as_trained as _as_trained_async, submit_all as _submit_all_async
from rekog_versions.batch._sync.run import as_trained as _as_trained, submit_all as _submit_all
from rekog_versions.client.dispatch import for_both_clients

as_trained = for_both_clients(_as_trained, _as_trained_async)
submit_all = for_both_clients(_submit_all, _submit_all_async)
