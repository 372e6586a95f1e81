"""What is wrong with a manifest: codes, messages, and the places that they concern.

Codes and messages are those of the Custom Labels Developer Guide ("Debugging a failed model training"), to the letter.
Whoever checks a manifest, the reader here or a checker with more rules, hands in a list of `Issue`s; what the service
writes about them is made of that list alone (see `validation_files`).
"""

from dataclasses import dataclass

MESSAGES = {
    "ERROR_MANIFEST_TOO_FEW_LABELS": "The manifest file has too few labels.",
    "ERROR_INVALID_JSON_LINE": "The JSON Line has an invalid format.",
    "ERROR_MISSING_SOURCE_REF": "The source-ref key is missing.",
    "ERROR_INVALID_SOURCE_REF_FORMAT": "The format of the source-ref value is invalid.",
    "ERROR_NO_LABEL_ATTRIBUTES": "No label attributes found.",
    "ERROR_NO_VALID_LABEL_ATTRIBUTES": "No valid label attributes found.",
    "ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT": "The format of the label attribute {} is invalid.",
    "ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT": "The format of the label attribute metadata is invalid.",
    "ERROR_UNSUPPORTED_USE_CASE_TYPE": (
        "The use case type of the {} label attribute metadata is unsupported. Check the type field."
    ),
    "ERROR_MISSING_BOUNDING_BOX_CONFIDENCE": "One or more bounding boxes has a missing confidence value.",
    "ERROR_MISSING_CLASS_MAP_ID": "One of more class ids is missing from the class map.",
    "ERROR_INVALID_LABEL_NAME_LENGTH": "The length of the label name is too long.",  # the guide has no text for it
    "ERROR_TOO_MANY_BOUNDING_BOXES": "There are more bounding boxes than the allowed maximum.",
    "ERROR_INVALID_BOUNDING_BOX": "The bounding box has off frame values.",
    "ERROR_BOUNDING_BOX_TOO_SMALL": "The height and width of the bounding box is too small.",
    "ERROR_NO_VALID_ANNOTATIONS": "No valid annotations found.",
    "WARNING_UNANNOTATED_RECORD": "Record is unannotated.",
    "WARNING_NO_ANNOTATIONS": "No annotations were found.",
    "WARNING_NO_ATTRIBUTE_ANNOTATIONS": "No attribute annotations were found.",
}
"""The messages of those that are found here."""

_OF_METADATA = "ERROR_UNSUPPORTED_USE_CASE_TYPE"  # names the attribute, and stands at its metadata


@dataclass(frozen=True, slots=True)
class Issue:
    """An error or a warning, and what it concerns."""

    code: str
    """ERROR_... or WARNING_..."""
    message: str
    line: int | None = None
    """The JSON line, counted from 1; None if it concerns the whole manifest, or both."""
    path: tuple[str | int, ...] = ()
    """Where in the line: () is the image, ("boxes",) an attribute, ("boxes-metadata",) its metadata, and
    ("boxes", "annotations", 2) its third box."""

    @property
    def is_warning(self) -> bool:
        """Whether it doesn't count as an error."""
        return self.code.startswith("WARNING_")


def issue(code: str, line: int | None = None, *path: str | int) -> Issue:
    """An issue that is known here; `{}` in its message stands for the attribute."""
    # replaced, never formatted: an attribute's name is anybody's text
    attribute = str(path[0]) if path else ""
    if code == _OF_METADATA:  # an attribute may itself be named so, and only here the suffix is ours
        attribute = attribute.removesuffix("-metadata")
    message = MESSAGES[code].replace("{}", attribute)
    return Issue(code, message, line, path)
