"""What exactly is wrong at the place of an issue: the value that stands there, or what is missing.

The service's codes say of what kind an error is; here the line is looked at once more, for those issues that are shown.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, cast

from rekog_versions.manifests.issues import Issue, Place
from rekog_versions.manifests.limits import MOST_BOXES
from rekog_versions.manifests.lines import Line
from rekog_versions.manifests.messages import shown

Entry: TypeAlias = Mapping[str, Any]
_SIDES = ("left", "top", "width", "height")
_NAMES = 5
_LONGEST_SOURCE = 200_000  # characters of a broken line that are parsed once more


def why(line: Line, found: Issue) -> str:
    """What exactly is wrong; empty where the code says it all.

    Args:
        line: The line.
        found: One of its issues.
    """
    if line.entry is None:
        return _no_object(line)
    tell = _TELL.get(found.code)
    return tell(line.entry, found.place) if tell else ""


def _no_object(line: Line) -> str:
    if line.is_blank:
        return "a blank line"
    if len(line.text) > _LONGEST_SOURCE:
        return f"{len(line.text):,} characters"
    try:
        value = json.loads(line.text)
    except json.JSONDecodeError as error:
        return f"{error.msg[0].lower()}{error.msg[1:]} at character {error.pos + 1:,}"
    except (ValueError, RecursionError):
        return "a number that is too large, or too deep a nesting"
    return (
        "NaN and Infinity are no JSON"
        if isinstance(value, dict)
        else f"{'null' if value is None else _told(value)}, not an object"
    )


def _source_ref(entry: Entry, _: Place) -> str:
    return f"it is {_told(entry.get('source-ref'))}"


def _no_pair(entry: Entry, _: Place) -> str:
    halves = [
        f"{shown(name)} lacks its {'attribute' if name.endswith('-metadata') else 'metadata'}"
        for name in entry
        if name != "source-ref"
    ]
    return ", ".join(halves[:_NAMES]) + (", ..." if len(halves) > _NAMES else "")


def _attribute(entry: Entry, place: Place) -> str:
    value, metadata = entry.get(str(place[0])), _mapping(entry.get(f"{place[0]}-metadata"))
    if metadata.get("type") == "groundtruth/image-classification":
        return f"it is {_told(value)}, not a number"
    sizes, annotations = _mapping(value).get("image_size"), _mapping(value).get("annotations")
    size = _mapping(cast("list[object]", sizes)[0] if isinstance(sizes, list) and sizes else None)
    for side in ("width", "height"):
        if not _is_number(size.get(side)) or size[side] < 1:
            return f"the {side} of image_size is {_told(size.get(side))}"
    if not isinstance(annotations, list):
        return f"annotations is {_told(annotations)}, not a list"
    for number, annotation in enumerate(cast("list[object]", annotations)):
        for member in ("class_id", *_SIDES):
            if not _is_number(_mapping(annotation).get(member)):
                return f"{member} of annotation {number} is {_told(_mapping(annotation).get(member))}"
    return ""


def _metadata(entry: Entry, place: Place) -> str:
    value = entry.get(str(place[0]))
    if not isinstance(value, dict):
        return f"it is {_told(value)}, not an object"
    metadata = _mapping(cast("object", value))
    if metadata.get("type") == "groundtruth/image-classification":
        label = metadata.get("class-name")
        wrong = "" if isinstance(label, str) and label else f"class-name is {_told(label)}"
        return wrong or f"confidence is {_told(metadata.get('confidence'))}"
    if not isinstance(metadata.get("objects"), list):
        return f"objects is {_told(metadata.get('objects'))}, not a list"
    class_map = metadata.get("class-map")
    if not isinstance(class_map, dict):
        return f"class-map is {_told(class_map)}, not an object"
    for class_id, label in _mapping(cast("object", class_map)).items():
        if not isinstance(label, str) or not label:
            return f"the label of class {shown(class_id)} is {_told(label)}"
    return ""


def _type(entry: Entry, place: Place) -> str:
    return f"type is {_told(_mapping(entry.get(str(place[0]))).get('type'))}"


def _confidences(entry: Entry, place: Place) -> str:
    objects = _list(_mapping(entry.get(str(place[0]))).get("objects"))
    having = sum(_is_number(_mapping(one).get("confidence")) for one in objects)
    boxes = len(_list(_mapping(entry.get(str(place[0]).removesuffix("-metadata"))).get("annotations")))
    return f"{having} confidences for {boxes} annotations"


def _class_ids(entry: Entry, place: Place) -> str:
    known = _mapping(_mapping(entry.get(str(place[0]))).get("class-map"))
    boxes = _list(_mapping(entry.get(str(place[0]).removesuffix("-metadata"))).get("annotations"))
    used = dict.fromkeys(str(_mapping(box).get("class_id")) for box in boxes)
    missing = [shown(class_id) for class_id in used if class_id not in known]
    return f"{', '.join(missing[:_NAMES])}{', ...' if len(missing) > _NAMES else ''}; the class-map has {len(known)}"


def _label(entry: Entry, place: Place) -> str:
    metadata = _mapping(entry.get(str(place[0])))
    labels = [metadata.get("class-name"), *_mapping(metadata.get("class-map")).values()]
    return f"{max((len(label) for label in labels if isinstance(label, str)), default=0):,} characters"


def _boxes(entry: Entry, place: Place) -> str:
    return f"{len(_list(_mapping(entry.get(str(place[0]))).get('annotations'))):,} boxes, {MOST_BOXES} are allowed"


def _box(entry: Entry, place: Place) -> str:
    attribute = _mapping(entry.get(str(place[0])))
    box: object = dict(enumerate(_list(attribute.get("annotations")))).get(cast("int", place[-1]))
    size = _mapping(next(iter(_list(attribute.get("image_size"))), None))
    sides = ", ".join(f"{side} {_told(_mapping(box).get(side))}" for side in _SIDES)
    return f"{sides}; the image is {_told(size.get('width'))} x {_told(size.get('height'))}"


_TELL: Mapping[str, Callable[[Entry, Place], str]] = {
    "ERROR_INVALID_SOURCE_REF_FORMAT": _source_ref,
    "ERROR_NO_LABEL_ATTRIBUTES": _no_pair,
    "ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT": _attribute,
    "ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT": _metadata,
    "ERROR_UNSUPPORTED_USE_CASE_TYPE": _type,
    "ERROR_MISSING_BOUNDING_BOX_CONFIDENCE": _confidences,
    "ERROR_MISSING_CLASS_MAP_ID": _class_ids,
    "ERROR_INVALID_LABEL_NAME_LENGTH": _label,
    "ERROR_TOO_MANY_BOUNDING_BOXES": _boxes,
    "ERROR_INVALID_BOUNDING_BOX": _box,
    "ERROR_BOUNDING_BOX_TOO_SMALL": _box,
}


def _told(value: object) -> str:
    """A value in few words: others than plain ones may be as large as the line."""
    match value:
        case None:
            return "missing"
        case str():
            return shown(value) if value else "empty"
        case bool() | float():
            return json.dumps(value)
        case int():
            return str(value) if abs(value) < 10**20 else "a number that is too large"
        case dict():
            return "an object"
        case _:
            return "a list"


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
