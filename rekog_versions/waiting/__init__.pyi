from .poll import DatasetPoll as DatasetPoll
from .poll import Poll as Poll
from .schedule import Schedule as Schedule
