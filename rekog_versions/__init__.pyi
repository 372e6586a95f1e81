from ._version import __version__ as __version__
from .arns import (
    DatasetArn as DatasetArn,
    KmsKeyId as KmsKeyId,
    ProjectArn as ProjectArn,
    ProjectVersionArn as ProjectVersionArn,
)
from .client import (
    AsyncVersionsClient as AsyncVersionsClient,
    VersionsClient as VersionsClient,
)
from .errors import (
    AccessDeniedError as AccessDeniedError,
    LimitExceededError as LimitExceededError,
    RekogVersionsError as RekogVersionsError,
    ResourceInUseError as ResourceInUseError,
    ResourceNotFoundError as ResourceNotFoundError,
    ResponseError as ResponseError,
    ServiceError as ServiceError,
    TrainingFailedError as TrainingFailedError,
    UnreachableStatusError as UnreachableStatusError,
    VersionNotFoundError as VersionNotFoundError,
    WaitError as WaitError,
    WaitTimeoutError as WaitTimeoutError,
)
from .models.assets import (
    Asset as Asset,
    GroundTruthManifest as GroundTruthManifest,
    OutputConfig as OutputConfig,
    S3Object as S3Object,
    TestingData as TestingData,
    TrainingData as TrainingData,
)
from .models.references import VersionRef as VersionRef
from .models.versions import (
    CreateProjectVersionRequest as CreateProjectVersionRequest,
    ProjectVersionDescription as ProjectVersionDescription,
)
from .statuses import (
    DatasetStatus as DatasetStatus,
    ProjectStatus as ProjectStatus,
    ProjectVersionStatus as ProjectVersionStatus,
)
from .waiting import (
    Poll as Poll,
    Schedule as Schedule,
)
