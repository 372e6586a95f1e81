from .labels import (
    plot_box_sizes as plot_box_sizes,
    plot_label_counts as plot_label_counts,
    plot_labels_together as plot_labels_together,
)
