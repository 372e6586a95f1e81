from ._version import __version__ as __version__
from .arns import (
    DatasetArn as DatasetArn,
)
from .arns import (
    KmsKeyId as KmsKeyId,
)
from .arns import (
    ProjectArn as ProjectArn,
)
from .arns import (
    ProjectVersionArn as ProjectVersionArn,
)
from .client import (
    AsyncVersionsClient as AsyncVersionsClient,
)
from .client import (
    VersionsClient as VersionsClient,
)
from .errors import (
    AccessDeniedError as AccessDeniedError,
)
from .errors import (
    LimitExceededError as LimitExceededError,
)
from .errors import (
    RekogVersionsError as RekogVersionsError,
)
from .errors import (
    ResourceInUseError as ResourceInUseError,
)
from .errors import (
    ResourceNotFoundError as ResourceNotFoundError,
)
from .errors import (
    ResponseError as ResponseError,
)
from .errors import (
    ServiceError as ServiceError,
)
from .errors import (
    TrainingFailedError as TrainingFailedError,
)
from .errors import (
    UnreachableStatusError as UnreachableStatusError,
)
from .errors import (
    VersionNotFoundError as VersionNotFoundError,
)
from .errors import (
    WaitError as WaitError,
)
from .errors import (
    WaitTimeoutError as WaitTimeoutError,
)
from .models.assets import (
    Asset as Asset,
)
from .models.assets import (
    GroundTruthManifest as GroundTruthManifest,
)
from .models.assets import (
    OutputConfig as OutputConfig,
)
from .models.assets import (
    S3Object as S3Object,
)
from .models.assets import (
    TestingData as TestingData,
)
from .models.assets import (
    TrainingData as TrainingData,
)
from .models.references import VersionRef as VersionRef
from .models.versions import (
    CreateProjectVersionRequest as CreateProjectVersionRequest,
)
from .models.versions import (
    ProjectVersionDescription as ProjectVersionDescription,
)
from .statuses import (
    DatasetStatus as DatasetStatus,
)
from .statuses import (
    ProjectStatus as ProjectStatus,
)
from .statuses import (
    ProjectVersionStatus as ProjectVersionStatus,
)
from .waiting import (
    Poll as Poll,
)
from .waiting import (
    Schedule as Schedule,
)
