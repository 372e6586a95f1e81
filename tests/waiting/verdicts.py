"""The meaning of each status for each wait.

reached: The wait succeeds.
pending: The wait continues.
failed: The wait raises the error of its target.
never: The wait raises, because the status cannot lead to the target.
before: The same, but only after a grace period. A response can show this status although the work has begun.
"""

VERSIONS = """
                        trained  running  stopped  copied   deleted
TRAINING_IN_PROGRESS    pending  never    never    never    never
TRAINING_COMPLETED      reached  before   never    never    before
TRAINING_FAILED         failed   never    never    never    before
STARTING                reached  pending  never    reached  never
RUNNING                 reached  reached  before   reached  never
FAILED                  reached  failed   reached  reached  before
STOPPING                reached  never    pending  reached  never
STOPPED                 reached  before   reached  reached  before
DELETING                never    never    never    never    pending
COPYING_IN_PROGRESS     never    never    never    pending  never
COPYING_COMPLETED       reached  before   never    reached  before
COPYING_FAILED          never    never    never    failed   before
DEPRECATED              reached  never    never    reached  before
EXPIRED                 never    never    never    never    before
"""
DATASETS = """
                        dataset_ready  dataset_deleted
CREATE_IN_PROGRESS      pending        never
CREATE_COMPLETE         reached        before
CREATE_FAILED           failed         before
UPDATE_IN_PROGRESS      pending        never
UPDATE_COMPLETE         reached        before
UPDATE_FAILED           failed         before
DELETE_IN_PROGRESS      never          pending
"""


def read_table(table: str) -> list[tuple[str, str, str]]:
    """Return the status, the target and the meaning of each cell."""
    head, *rows = table.strip("\n").splitlines()
    return [
        (status, target, meaning)
        for status, *meanings in map(str.split, rows)
        for target, meaning in zip(head.split(), meanings, strict=True)
    ]


MEANINGS = read_table(VERSIONS)
DATASET_MEANINGS = read_table(DATASETS)


def statuses(target: str, meaning: str) -> list[str]:
    """Return the statuses that have a meaning for a target."""
    return [status for status, name, said in MEANINGS + DATASET_MEANINGS if (name, said) == (target, meaning)]
