from .datasets import (
    DATASET_SCHEDULE as DATASET_SCHEDULE,
    DATASET_TIMEOUT as DATASET_TIMEOUT,
    DatasetPoll as DatasetPoll,
    DatasetWatch as DatasetWatch,
)
from .schedule import Schedule as Schedule
from .versions import (
    COPIED_TIMEOUT as COPIED_TIMEOUT,
    COPYING_SCHEDULE as COPYING_SCHEDULE,
    DELETED_TIMEOUT as DELETED_TIMEOUT,
    HOSTING_SCHEDULE as HOSTING_SCHEDULE,
    Poll as Poll,
    RUNNING_TIMEOUT as RUNNING_TIMEOUT,
    STOPPED_TIMEOUT as STOPPED_TIMEOUT,
    TRAINING_SCHEDULE as TRAINING_SCHEDULE,
    TRAINING_TIMEOUT as TRAINING_TIMEOUT,
    Watch as Watch,
)
from .watching import (
    GRACE as GRACE,
    MISSING_DELAY as MISSING_DELAY,
    Watching as Watching,
)
