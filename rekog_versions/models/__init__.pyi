from .assets import (
    Asset as Asset,
)
from .assets import (
    DescribedAsset as DescribedAsset,
)
from .assets import (
    DescribedGroundTruthManifest as DescribedGroundTruthManifest,
)
from .assets import (
    DescribedOutputConfig as DescribedOutputConfig,
)
from .assets import (
    DescribedS3Object as DescribedS3Object,
)
from .assets import (
    DescribedTestingData as DescribedTestingData,
)
from .assets import (
    DescribedTrainingData as DescribedTrainingData,
)
from .assets import (
    EvaluationResult as EvaluationResult,
)
from .assets import (
    GroundTruthManifest as GroundTruthManifest,
)
from .assets import (
    OutputConfig as OutputConfig,
)
from .assets import (
    S3Object as S3Object,
)
from .assets import (
    Summary as Summary,
)
from .assets import (
    TestingData as TestingData,
)
from .assets import (
    TestingDataResult as TestingDataResult,
)
from .assets import (
    TrainingData as TrainingData,
)
from .assets import (
    TrainingDataResult as TrainingDataResult,
)
from .assets import (
    ValidationData as ValidationData,
)
from .datasets import (
    CreateDatasetRequest as CreateDatasetRequest,
)
from .datasets import (
    CreateDatasetResponse as CreateDatasetResponse,
)
from .datasets import (
    DatasetChanges as DatasetChanges,
)
from .datasets import (
    DatasetDescription as DatasetDescription,
)
from .datasets import (
    DatasetLabelDescription as DatasetLabelDescription,
)
from .datasets import (
    DatasetLabelStats as DatasetLabelStats,
)
from .datasets import (
    DatasetMetadata as DatasetMetadata,
)
from .datasets import (
    DatasetSource as DatasetSource,
)
from .datasets import (
    DatasetStats as DatasetStats,
)
from .datasets import (
    DatasetStatusMessageCode as DatasetStatusMessageCode,
)
from .datasets import (
    DatasetType as DatasetType,
)
from .datasets import (
    DeleteDatasetRequest as DeleteDatasetRequest,
)
from .datasets import (
    DeleteDatasetResponse as DeleteDatasetResponse,
)
from .datasets import (
    DescribeDatasetRequest as DescribeDatasetRequest,
)
from .datasets import (
    DescribeDatasetResponse as DescribeDatasetResponse,
)
from .datasets import (
    DistributeDataset as DistributeDataset,
)
from .datasets import (
    DistributeDatasetEntriesRequest as DistributeDatasetEntriesRequest,
)
from .datasets import (
    DistributeDatasetEntriesResponse as DistributeDatasetEntriesResponse,
)
from .datasets import (
    ListDatasetEntriesRequest as ListDatasetEntriesRequest,
)
from .datasets import (
    ListDatasetEntriesResponse as ListDatasetEntriesResponse,
)
from .datasets import (
    ListDatasetLabelsRequest as ListDatasetLabelsRequest,
)
from .datasets import (
    ListDatasetLabelsResponse as ListDatasetLabelsResponse,
)
from .datasets import (
    UpdateDatasetEntriesRequest as UpdateDatasetEntriesRequest,
)
from .datasets import (
    UpdateDatasetEntriesResponse as UpdateDatasetEntriesResponse,
)
from .detection import (
    BoundingBox as BoundingBox,
)
from .detection import (
    CustomLabel as CustomLabel,
)
from .detection import (
    DetectCustomLabelsRequest as DetectCustomLabelsRequest,
)
from .detection import (
    DetectCustomLabelsResponse as DetectCustomLabelsResponse,
)
from .detection import (
    Geometry as Geometry,
)
from .detection import (
    Image as Image,
)
from .detection import (
    Point as Point,
)
from .lifecycle import (
    CopyProjectVersionRequest as CopyProjectVersionRequest,
)
from .lifecycle import (
    CopyProjectVersionResponse as CopyProjectVersionResponse,
)
from .lifecycle import (
    DeleteProjectVersionRequest as DeleteProjectVersionRequest,
)
from .lifecycle import (
    DeleteProjectVersionResponse as DeleteProjectVersionResponse,
)
from .lifecycle import (
    StartProjectVersionRequest as StartProjectVersionRequest,
)
from .lifecycle import (
    StartProjectVersionResponse as StartProjectVersionResponse,
)
from .lifecycle import (
    StopProjectVersionRequest as StopProjectVersionRequest,
)
from .lifecycle import (
    StopProjectVersionResponse as StopProjectVersionResponse,
)
from .policies import (
    DeleteProjectPolicyRequest as DeleteProjectPolicyRequest,
)
from .policies import (
    DeleteProjectPolicyResponse as DeleteProjectPolicyResponse,
)
from .policies import (
    ListProjectPoliciesRequest as ListProjectPoliciesRequest,
)
from .policies import (
    ListProjectPoliciesResponse as ListProjectPoliciesResponse,
)
from .policies import (
    ProjectPolicy as ProjectPolicy,
)
from .policies import (
    PutProjectPolicyRequest as PutProjectPolicyRequest,
)
from .policies import (
    PutProjectPolicyResponse as PutProjectPolicyResponse,
)
from .projects import (
    CreateProjectRequest as CreateProjectRequest,
)
from .projects import (
    CreateProjectResponse as CreateProjectResponse,
)
from .projects import (
    CustomizationFeature as CustomizationFeature,
)
from .projects import (
    DeleteProjectRequest as DeleteProjectRequest,
)
from .projects import (
    DeleteProjectResponse as DeleteProjectResponse,
)
from .projects import (
    DescribeProjectsRequest as DescribeProjectsRequest,
)
from .projects import (
    DescribeProjectsResponse as DescribeProjectsResponse,
)
from .projects import (
    ProjectAutoUpdate as ProjectAutoUpdate,
)
from .projects import (
    ProjectDescription as ProjectDescription,
)
from .tags import (
    ListTagsForResourceRequest as ListTagsForResourceRequest,
)
from .tags import (
    ListTagsForResourceResponse as ListTagsForResourceResponse,
)
from .tags import (
    TagResourceRequest as TagResourceRequest,
)
from .tags import (
    TagResourceResponse as TagResourceResponse,
)
from .tags import (
    UntagResourceRequest as UntagResourceRequest,
)
from .tags import (
    UntagResourceResponse as UntagResourceResponse,
)
from .thresholds import (
    Thresholds as Thresholds,
)
from .thresholds import (
    Unit as Unit,
)
from .versions import (
    CreateProjectVersionRequest as CreateProjectVersionRequest,
)
from .versions import (
    CreateProjectVersionResponse as CreateProjectVersionResponse,
)
from .versions import (
    CustomizationFeatureConfig as CustomizationFeatureConfig,
)
from .versions import (
    CustomizationFeatureContentModerationConfig as CustomizationFeatureContentModerationConfig,
)
from .versions import (
    DescribedContentModerationConfig as DescribedContentModerationConfig,
)
from .versions import (
    DescribedFeatureConfig as DescribedFeatureConfig,
)
from .versions import (
    DescribeProjectVersionsRequest as DescribeProjectVersionsRequest,
)
from .versions import (
    DescribeProjectVersionsResponse as DescribeProjectVersionsResponse,
)
from .versions import (
    ProjectVersionDescription as ProjectVersionDescription,
)
