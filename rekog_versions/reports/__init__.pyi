from .box_errors import BoxErrorCounts as BoxErrorCounts, BoxErrors as BoxErrors
from .build import build_report as build_report, report_from_files as report_from_files
from .draw_labels import Drawable as Drawable, draw as draw
from .report import (
    Importance as Importance,
    Recommendation as Recommendation,
    RecommendationKind as RecommendationKind,
    Report as Report,
    ReportedImage as ReportedImage,
    ReportedLabel as ReportedLabel,
    ReportedVersion as ReportedVersion,
)
from .thumbnails import GivenImages as GivenImages, ImageSource as ImageSource
