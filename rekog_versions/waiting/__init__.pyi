from .datasets import (
    DATASET_SCHEDULE as DATASET_SCHEDULE,
)
from .datasets import (
    DATASET_TIMEOUT as DATASET_TIMEOUT,
)
from .datasets import (
    DatasetPoll as DatasetPoll,
)
from .datasets import (
    DatasetWatch as DatasetWatch,
)
from .schedule import Schedule as Schedule
from .versions import (
    COPIED_TIMEOUT as COPIED_TIMEOUT,
)
from .versions import (
    COPYING_SCHEDULE as COPYING_SCHEDULE,
)
from .versions import (
    DELETED_TIMEOUT as DELETED_TIMEOUT,
)
from .versions import (
    HOSTING_SCHEDULE as HOSTING_SCHEDULE,
)
from .versions import (
    RUNNING_TIMEOUT as RUNNING_TIMEOUT,
)
from .versions import (
    STOPPED_TIMEOUT as STOPPED_TIMEOUT,
)
from .versions import (
    TRAINING_SCHEDULE as TRAINING_SCHEDULE,
)
from .versions import (
    TRAINING_TIMEOUT as TRAINING_TIMEOUT,
)
from .versions import (
    Poll as Poll,
)
from .versions import (
    Watch as Watch,
)
from .watching import (
    GRACE as GRACE,
)
from .watching import (
    MISSING_DELAY as MISSING_DELAY,
)
from .watching import (
    Watching as Watching,
)
