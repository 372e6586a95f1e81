from ._async.client import AsyncVersionsClient as AsyncVersionsClient
from ._async.driver import AsyncPager as AsyncPager
from ._async.driver import OnPoll as OnPoll
from ._sync.client import VersionsClient as VersionsClient
from ._sync.driver import Pager as Pager
from ._sync.driver import RekognitionClient as RekognitionClient
from .arguments import check_client as check_client
