"""Evaluations of versions, read with either client."""

from rekog_versions.client.dispatch import for_both_clients
from rekog_versions.evaluation._async import from_versions as _async
from rekog_versions.evaluation._sync import from_versions as _sync

get_evaluation = for_both_clients(_sync.get_evaluation, _async.get_evaluation)
best_version = for_both_clients(_sync.best_version, _async.best_version)
