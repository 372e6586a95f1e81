from .changes import plot_comparison as plot_comparison
from .confusion import plot_confusion_matrix as plot_confusion_matrix
from .curves import plot_precision_recall as plot_precision_recall, plot_thresholds as plot_thresholds
from .scores import plot_f1_by_label as plot_f1_by_label
