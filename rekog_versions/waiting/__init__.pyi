from .poll import DatasetPoll as DatasetPoll, Poll as Poll
from .schedule import Schedule as Schedule
