"""What is wrong with a line of a manifest, said in the line itself as the service does.

These are the errors that end nothing ("non-terminal" in the developer guide): each stands in a list `errors`, next to
what it concerns. Images are not opened, so nothing is said of them. Warnings are not errors and are not added.
"""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias, TypeGuard, cast

_Json: TypeAlias = dict[str, Any]

NO_LABEL_ATTRIBUTES = "ERROR_NO_LABEL_ATTRIBUTES", "No label attributes found."
NO_VALID_LABEL_ATTRIBUTES = "ERROR_NO_VALID_LABEL_ATTRIBUTES", "No valid label attributes found."
METADATA_FORMAT = (
    "ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT",
    "The format of the label attribute metadata is invalid.",
)
NO_CONFIDENCE = (
    "ERROR_MISSING_BOUNDING_BOX_CONFIDENCE",
    "One or more bounding boxes has a missing confidence value.",
)
NO_CLASS_MAP_ID = "ERROR_MISSING_CLASS_MAP_ID", "One of more class ids is missing from the class map."
LABEL_TOO_LONG = "ERROR_INVALID_LABEL_NAME_LENGTH", "The length of the label name is too long."
TOO_MANY_BOXES = "ERROR_TOO_MANY_BOUNDING_BOXES", "There are more bounding boxes than the allowed maximum."
OFF_FRAME = "ERROR_INVALID_BOUNDING_BOX", "The bounding box has off frame values."
TOO_SMALL = "ERROR_BOUNDING_BOX_TOO_SMALL", "The height and width of the bounding box is too small."
NO_VALID_ANNOTATIONS = "ERROR_NO_VALID_ANNOTATIONS", "No valid annotations found."

LONGEST_LABEL = 256
"""The most characters of a label."""
_MOST_BOXES = 50
_LONGEST_SIDE = 1280  # the service scales larger images down to that before it looks at the boxes
_CLASSIFICATION, _DETECTION = "groundtruth/image-classification", "groundtruth/object-detection"
# what a line may hold besides label attributes: the service's own remarks among it
_REMARKS = frozenset({"source-ref", "cl-metadata", "errors", "warnings"})


def with_errors(entry: Mapping[str, Any]) -> tuple[Mapping[str, Any], bool]:
    """Looks for errors in a line.

    Args:
        entry: What the line holds.

    Returns:
        A copy with the errors in it, in place of those that stood there before; and whether there are any.
    """
    marked = _copied(entry)
    for place in list(_places(marked)):
        place.pop("errors", None)
    pairs = [name for name in marked if name not in _REMARKS and f"{name}-metadata" in marked]
    # a list, so that every attribute is looked at
    faults = [any([*_attribute_errors(marked, name)]) for name in pairs]
    if not pairs and marked.keys() - _REMARKS:
        _add(marked, NO_LABEL_ATTRIBUTES)
    elif pairs and all(faults):
        _add(marked, NO_VALID_LABEL_ATTRIBUTES)
    return marked, any("errors" in place for place in _places(marked))


def _attribute_errors(line: _Json, name: str) -> Iterator[bool]:
    """Adds an attribute's errors to the line; yields for each whether it makes the whole attribute invalid."""
    value, metadata = _as_object(line[name]), _as_object(line[f"{name}-metadata"])
    if metadata is None:
        _add(line, METADATA_FORMAT)
        yield True
        return
    kind = metadata.get("type")
    if kind == _CLASSIFICATION:
        yield from _class_errors(line, name, metadata)
    elif kind == _DETECTION:
        if value is None:
            _add(line, _attribute_format(name))
            yield True
            return
        yield from _box_errors(name, value, metadata)
    else:
        message = f"The use case type of the {name} label attribute metadata is unsupported. Check the type field."
        _add(metadata, ("ERROR_UNSUPPORTED_USE_CASE_TYPE", message))
        yield True


def _class_errors(line: _Json, name: str, metadata: _Json) -> Iterator[bool]:
    if not _is_number(line[name]):
        _add(line, _attribute_format(name))
        yield True
    label: object = metadata.get("class-name")
    confidence: object = metadata.get("confidence")
    if not isinstance(label, str) or not label or not _is_number(confidence) or not 0 <= confidence <= 1:
        _add(metadata, METADATA_FORMAT)
        yield True
    elif len(label) > LONGEST_LABEL:
        _add(metadata, LABEL_TOO_LONG)
        yield True


def _box_errors(name: str, value: _Json, metadata: _Json) -> Iterator[bool]:
    size, boxes = _image_size(value), _boxes(value)
    if size is None or boxes is None:
        _add(value, _attribute_format(name))
        yield True
        return
    class_map, objects = _as_object(metadata.get("class-map")), metadata.get("objects")
    if class_map is None or not _are_labels(class_map) or not isinstance(objects, list):
        _add(metadata, METADATA_FORMAT)
        yield True
        return
    if any(len(label) > LONGEST_LABEL for label in class_map.values()):
        _add(metadata, LABEL_TOO_LONG)
        yield True
    if sum(_has_confidence(item) for item in cast("list[object]", objects)) < len(boxes):
        _add(metadata, NO_CONFIDENCE)
        yield True
    if any(str(box["class_id"]) not in class_map for box in boxes):
        _add(metadata, NO_CLASS_MAP_ID)
        yield True
    if len(boxes) > _MOST_BOXES:
        _add(value, TOO_MANY_BOXES)
        yield True
    broken = [_mark_box(box, *size) for box in boxes]
    if boxes and all(broken):
        _add(value, NO_VALID_ANNOTATIONS)
        yield True


def _mark_box(box: _Json, width: float, height: float) -> bool:
    """Whether a box is broken, and if so says why; the others of its image stay usable."""
    right, bottom = box["left"] + box["width"], box["top"] + box["height"]
    scale = min(1.0, _LONGEST_SIDE / max(width, height))
    if min(box["left"], box["top"], box["width"], box["height"]) < 0 or right > width or bottom > height:
        _add(box, OFF_FRAME)
        return True
    if box["width"] * scale <= 1 or box["height"] * scale <= 1:
        _add(box, TOO_SMALL)
        return True
    return False


def _attribute_format(name: str) -> tuple[str, str]:
    return "ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT", f"The format of the label attribute {name} is invalid."


def _image_size(attribute: _Json) -> tuple[float, float] | None:
    sizes = _as_list(attribute.get("image_size"))
    first = _as_object(sizes[0]) if sizes else None
    if first is None:
        return None
    width: object = first.get("width")
    height: object = first.get("height")
    return (width, height) if _is_number(width) and _is_number(height) and width > 0 and height > 0 else None


def _boxes(attribute: _Json) -> list[_Json] | None:
    """The boxes; None if they are not all boxes."""
    items = _as_list(attribute.get("annotations"))
    boxes = None if items is None else [_as_object(item) for item in items]
    keys = ("class_id", "left", "top", "width", "height")
    if boxes is None or not all(box is not None and all(_is_number(box.get(key)) for key in keys) for box in boxes):
        return None
    return [box for box in boxes if box is not None]


def _are_labels(class_map: _Json) -> bool:
    return all(isinstance(label, str) and label for label in class_map.values())


def _has_confidence(item: object) -> bool:
    known = _as_object(item)
    return known is not None and _is_number(known.get("confidence"))


def _as_object(value: object) -> _Json | None:
    return cast("_Json", value) if isinstance(value, dict) else None


def _as_list(value: object) -> list[object] | None:
    return cast("list[object]", value) if isinstance(value, list) else None


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _add(place: _Json, error: tuple[str, str]) -> None:
    code, message = error
    place.setdefault("errors", []).append({"code": code, "message": message})


def _places(line: _Json) -> Iterator[_Json]:
    """Everywhere in a line that errors stand: the line, its attributes, their annotations, their metadata."""
    yield line
    for attribute in filter(None, map(_as_object, line.values())):
        yield attribute
        yield from filter(None, map(_as_object, _as_list(attribute.get("annotations")) or ()))


def _copied(entry: Mapping[str, Any]) -> _Json:
    """A copy as deep as errors stand; other than a deep copy it is quick, and no nesting is too deep for it."""
    line = {name: dict(cast("_Json", value)) if isinstance(value, dict) else value for name, value in entry.items()}
    for attribute in filter(None, map(_as_object, line.values())):
        boxes = _as_list(attribute.get("annotations"))
        if boxes is not None:
            attribute["annotations"] = [dict(cast("_Json", box)) if isinstance(box, dict) else box for box in boxes]
    return line
