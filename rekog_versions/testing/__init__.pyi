from .control import CustomLabelsControl as CustomLabelsControl
from .mock import mock_custom_labels as mock_custom_labels
