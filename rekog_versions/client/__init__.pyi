from ._async.client import AsyncVersionsClient as AsyncVersionsClient
from ._sync.client import VersionsClient as VersionsClient
from .async_base import AsyncOnDatasetPoll as AsyncOnDatasetPoll, AsyncOnPoll as AsyncOnPoll
from .base import OnDatasetPoll as OnDatasetPoll, OnPoll as OnPoll, RekognitionClient as RekognitionClient
from .dataset_lines import DatasetLines as DatasetLines
from .detection_images import ImageRef as ImageRef
from .dispatch import check_client as check_client
from .pager import AsyncPager as AsyncPager, Pager as Pager
