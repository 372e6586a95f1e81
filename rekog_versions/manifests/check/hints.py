"""Our own hints about all that the manifests hold: what quietly spoils a model, and no code of the service is about."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from rekog_versions.manifests.issues import Issue, hint

FEW_IMAGES = 10
"""Below this number of images, a label has few: the guide recommends at least ten."""


def hints_about_rarity(images: Mapping[str, int]) -> Iterator[Issue]:
    """Labels of the training manifest with few images."""
    for count, label in sorted((count, label) for label, count in images.items()):
        if count < FEW_IMAGES:
            yield hint("HINT_FEW_IMAGES_FOR_LABEL", detail=f"{label}: {count}")


def hints_about_spelling(labels: Iterable[str]) -> Iterator[Issue]:
    """Labels that differ in case or blanks only."""
    alike: dict[str, list[str]] = defaultdict(list)
    for label in labels:
        alike["".join(label.split()).casefold()].append(label)
    for variants in alike.values():
        if len(variants) > 1:
            yield hint("HINT_SIMILAR_LABELS", detail=", ".join(repr(label) for label in sorted(variants)))


def hints_about_both(training: AbstractSet[str], testing: AbstractSet[str]) -> Iterator[Issue]:
    """Labels that only one of the manifests has."""
    for label in sorted(testing - training):
        yield hint("HINT_LABEL_ONLY_IN_TESTING", detail=label)
    for label in sorted(training - testing):
        yield hint("HINT_LABEL_ONLY_IN_TRAINING", detail=label)
