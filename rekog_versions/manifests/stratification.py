"""Dividing images so that each label's share in both parts is as near as can be to what is wanted. No I/O.

The method is iterative stratification (Sechidis, Tsoumakas and Vlahavas, *On the Stratification of Multi-Label Data*,
2011) for two parts: the label with the fewest images left is dealt out first, each of its images to the part that
still wants the most of it.
"""

from collections.abc import Hashable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import TypeVar

ImageT = TypeVar("ImageT", bound=Hashable)

_NONE = ""  # stands for the label of images without one: no label is empty


def stratified(images: Mapping[ImageT, Sequence[str]], fraction: float) -> set[ImageT]:
    """Chooses the images of the smaller part.

    A label with one image isn't divided: it stays in the larger part. Of any other, at least one image is wanted in
    each part; where an image has several labels that can't always be had.

    Args:
        images: The labels of each image, each label once. Of images that are alike in their labels, the first in this
            order are dealt out first, so that the order decides which of them are chosen, and nothing else does.
        fraction: The smaller part's share, between 0 and 1.

    Returns:
        The images of the smaller part.
    """
    left: dict[str, dict[ImageT, None]] = {}
    for image, labels in images.items():
        for label in labels or (_NONE,):
            left.setdefault(label, {})[image] = None
    wanted = {label: _wanted(len(found), fraction) for label, found in left.items()}
    staying = {label: len(found) - wanted[label] for label, found in left.items()}
    most = round(len(images) * fraction)
    chosen: set[ImageT] = set()
    dealt = 0
    # what is out of date in it is passed over: a label is put there anew when its images have become fewer
    rarities = [(len(found), label) for label, found in left.items()]
    heapify(rarities)
    while rarities:
        count, rarest = heappop(rarities)
        if len(left.get(rarest, ())) != count:
            continue
        touched: set[str] = set()
        for image in list(left[rarest]):
            here, there = wanted[rarest], staying[rarest]
            is_chosen = here > there or (here == there > 0 and (most - len(chosen)) * 2 > len(images) - dealt)
            if is_chosen:
                chosen.add(image)
            dealt += 1
            for label in images[image] or (_NONE,):
                (wanted if is_chosen else staying)[label] -= 1
                del left[label][image]
                if not left[label]:
                    del left[label]
                touched.add(label)
        for label in touched & left.keys():
            heappush(rarities, (len(left[label]), label))
    return chosen


def _wanted(count: int, fraction: float) -> int:
    if count == 1:
        return 0
    return min(max(round(count * fraction), 1), count - 1)
