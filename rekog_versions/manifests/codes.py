"""The codes: every one that the service reports about manifests and our own hints, each with message and fix.

Codes and messages are those of the Custom Labels Developer Guide ("Debugging a failed model training"), to the letter:
they appear in the service's files. The fix texts and the hints are ours.
"""

from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """What an issue is about, and so what it does to a training."""

    FILE = "file"
    """The manifest file itself: ends the training; only the version's StatusMessage says so, no files are written."""
    CONTENT = "content"
    """All that the manifests hold: ends the training; in the StatusMessage and in the manifest summary."""
    LINE = "line"
    """One JSON line: by itself it ends nothing; in the validation manifests, next to what it concerns."""
    HINT = "hint"
    """Ours, not the service's: it ends nothing and stands in none of its files, but may quietly spoil a model."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code of the service, or one of our hints."""

    name: str
    """ERROR_... or WARNING_... of the service, or HINT_... of ours."""
    level: Level
    message: str
    """The service's message, or ours for a hint; `{}` in it stands for the attribute, or for a number."""
    fix: str
    """What to do about it."""

    @property
    def is_warning(self) -> bool:
        """Whether a line that has it is ignored rather than invalid."""
        return self.name.startswith("WARNING_")

    @property
    def is_terminal(self) -> bool:
        """Whether it ends the training by itself."""
        return self.level in (Level.FILE, Level.CONTENT)


_FILE = (
    (
        "ERROR_MANIFEST_INACCESSIBLE_OR_UNSUPPORTED_FORMAT",
        "The manifest file extension or contents are invalid.",
        "Check bucket and key, give the key an extension such as .manifest, and write one JSON object a line in UTF-8.",
    ),
    ("ERROR_EMPTY_MANIFEST", "The manifest file is empty.", "Write at least one JSON line for each labelled image."),
    (
        "ERROR_MANIFEST_SIZE_TOO_LARGE",
        "The manifest file size exceeds the maximum supported size.",
        "A manifest may have 1 GB: leave out images, or what the service doesn't read of each line.",
    ),
    (
        "ERROR_MANIFEST_ROWS_EXCEEDS_MAXIMUM",
        "The manifest file has too many rows.",
        "A manifest may have 250,000 lines (in ap-south-1 and eu-west-2 28,000 for training and 7,000 for testing).",
    ),
    (
        "ERROR_CANNOT_WRITE_OUTPUT_S3_BUCKET",
        "Unable to write to output S3 bucket.",
        "The output bucket must exist, be in the training's region, and let the caller write (s3:PutObject).",
    ),
    (
        "ERROR_INVALID_PERMISSIONS_MANIFEST_S3_BUCKET",
        "The S3 bucket permissions are incorrect.",
        "Let the caller and rekognition.amazonaws.com read the manifest's bucket (s3:GetObject, s3:GetBucketLocation).",
    ),
)
_CONTENT = (
    (
        "ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST",
        "The manifest file contains too many invalid rows.",
        "At most 20 % of the lines may be invalid, blank ones among them: mend or remove those with errors.",
    ),
    (
        "ERROR_IMAGES_IN_MULTIPLE_S3_BUCKETS",
        "The manifest file contains images from multiple S3 buckets.",
        "Copy all images of the manifest to one bucket and change each source-ref.",
    ),
    (
        "ERROR_INVALID_PERMISSIONS_IMAGES_S3_BUCKET",
        "The permissions for the images S3 bucket are invalid.",
        "Let the caller and rekognition.amazonaws.com read the images' bucket (s3:GetObject, s3:GetBucketLocation).",
    ),
    (
        "ERROR_INVALID_IMAGES_S3_BUCKET_OWNER",
        "Invalid owner id for images S3 bucket.",
        "The images' bucket and the manifest's must belong to the same account: copy the one or the other.",
    ),
    (
        "ERROR_INSUFFICIENT_IMAGES_PER_LABEL_FOR_AUTOSPLIT",
        "The manifest file contains insufficient labeled images per label to perform auto-split.",
        "Give each label more images, so that 20 % of them can be held back, or bring a test manifest.",
    ),
    (
        "ERROR_MANIFEST_TOO_FEW_LABELS",
        "The manifest file has too few labels.",
        "A model of image-level labels needs two labels, one that locates objects needs one.",
    ),
    (
        "ERROR_MANIFEST_TOO_MANY_LABELS",
        "The manifest file has too many labels.",
        "A model may have 250 labels: merge some, or train several models.",
    ),
    (
        "ERROR_INSUFFICIENT_LABEL_OVERLAP",
        "Less than {}% label overlap between the training and testing manifest files.",
        "At least half of the training labels must have test images too; labels are compared to the letter.",
    ),
    (
        "ERROR_MANIFEST_TOO_FEW_USABLE_LABELS",
        "The manifest file has too few usable labels.",
        "Lines of the other use case (image-level or boxes) are set aside, and too few labels remain: use one kind.",
    ),
    (
        "ERROR_INSUFFICIENT_USABLE_LABEL_OVERLAP",
        "Less than {}% usable label overlap between the training and testing manifest files.",
        "Label the training and the test images in the same way, image-level or with boxes, and with the same labels.",
    ),
    (
        "ERROR_FAILED_IMAGES_S3_COPY",
        "Failed to copy images from S3 bucket.",
        "None of the images could be read: check that they exist and that their bucket lets the service read.",
    ),
    (
        "ERROR_TOO_MANY_RECORDS_IN_ERROR",
        "The manifest file has too many terminal errors.",
        "Mend or remove the lines with errors, and train again.",
    ),
)
_LINE = (
    (
        "ERROR_INVALID_JSON_LINE",
        "The JSON Line has an invalid format.",
        "Each line must be one whole JSON object, and no line may be blank.",
    ),
    (
        "ERROR_MISSING_SOURCE_REF",
        "The source-ref key is missing.",
        'Add "source-ref": "s3://bucket/key", the image\'s place.',
    ),
    (
        "ERROR_INVALID_SOURCE_REF_FORMAT",
        "The format of the source-ref value is invalid.",
        'Write the image\'s place as "s3://bucket/key", the key as it is in S3, without URL escapes.',
    ),
    (
        "ERROR_NO_LABEL_ATTRIBUTES",
        "No label attributes found.",
        "A label is a pair: an attribute NAME and its NAME-metadata, spelled alike.",
    ),
    (
        "ERROR_NO_VALID_LABEL_ATTRIBUTES",
        "No valid label attributes found.",
        "Mend at least one of the line's label attributes; the other errors of the line say what is wrong with each.",
    ),
    (
        "ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT",
        "The format of the label attribute {} is invalid.",
        "An image-level attribute is a number; one with boxes is an object with image_size (a list of one size) and "
        "annotations (class_id, left, top, width and height, all numbers).",
    ),
    (
        "ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT",
        "The format of the label attribute metadata is invalid.",
        "Image-level metadata needs class-name and confidence (0 to 1); metadata of boxes needs objects (one for each "
        "box, with its confidence) and class-map.",
    ),
    (
        "ERROR_UNSUPPORTED_USE_CASE_TYPE",
        "The use case type of the {} label attribute metadata is unsupported. Check the type field.",
        "type must be groundtruth/image-classification or groundtruth/object-detection; convert other formats.",
    ),
    (
        "ERROR_MISSING_BOUNDING_BOX_CONFIDENCE",
        "One or more bounding boxes has a missing confidence value.",
        "The metadata's objects must hold a confidence for each of the annotations.",
    ),
    (
        "ERROR_MISSING_CLASS_MAP_ID",
        "One of more class ids is missing from the class map.",
        "The line's own class-map must name each class_id that its boxes use.",
    ),
    (
        "ERROR_INVALID_LABEL_NAME_LENGTH",
        "The length of the label name is too long.",  # the guide has no text for it
        "Shorten the label to at most 256 characters.",
    ),
    (
        "ERROR_TOO_MANY_BOUNDING_BOXES",
        "There are more bounding boxes than the allowed maximum.",
        "An image may have 50 boxes: leave some out, or cut the image up.",
    ),
    (
        "ERROR_INVALID_BOUNDING_BOX",
        "The bounding box has off frame values.",
        "Clip the box to the image: left and top from 0, left + width and top + height within image_size.",
    ),
    (
        "ERROR_BOUNDING_BOX_TOO_SMALL",
        "The height and width of the bounding box is too small.",
        "Width and height must be more than 1 pixel once the image's longer side is scaled down to 1,280.",
    ),
    (
        "ERROR_NO_VALID_ANNOTATIONS",
        "No valid annotations found.",
        "Mend at least one of the attribute's boxes.",
    ),
    (
        "ERROR_INVALID_IMAGE",
        "The image is invalid. Check S3 path and/or image properties.",
        "Use a PNG or JPEG of at most 15 MB, sides of 64 to 4,096 pixels, at most 20 times as long as wide.",
    ),
    (
        "ERROR_INVALID_IMAGE_DIMENSION",
        "The image dimension(s) do not conform to allowed dimensions.",
        "Use an image whose sides have 64 to 4,096 pixels, at most 20 times as long as wide.",
    ),
    (
        "WARNING_UNANNOTATED_RECORD",
        "Record is unannotated.",
        "The line is ignored: label the image, or leave it out.",
    ),
    (
        "WARNING_NO_ANNOTATIONS",
        "No annotations were found.",
        "The line is ignored: draw boxes, or leave it out.",
    ),
    (
        "WARNING_NO_ATTRIBUTE_ANNOTATIONS",
        "No attribute annotations were found.",
        "The attribute has no box: draw some, or leave it out.",
    ),
)

CODES = {
    name: Code(name, level, message, fix)
    for level, table in ((Level.FILE, _FILE), (Level.CONTENT, _CONTENT), (Level.LINE, _LINE))
    for name, message, fix in table
}
"""Every code of the service, by its name."""

MESSAGES = {name: code.message for name, code in CODES.items()}
"""The service's messages, by code."""

_HINTS = (
    (
        "HINT_DUPLICATE_SOURCE_REF",
        "An image stands in the manifest more than once.",
        "Join the lines into one: a dataset keeps one line for an image and drops the others without a word.",
    ),
    (
        "HINT_TEST_IMAGE_IN_TRAINING",
        "A test image stands in the training manifest, too.",
        "Leave it out of one of them: what a model was trained with flatters its metrics.",
    ),
    (
        "HINT_SAME_BOXES_TWICE",
        "Two attributes give the image the same boxes, so each of them counts twice.",
        "Keep one attribute, such as the newer one of a labelling job and its -chain adjustment.",
    ),
    (
        "HINT_SIMILAR_LABELS",
        "Labels differ in case or blanks only, and are different labels to the service.",
        "Write each label in one way.",
    ),
    (
        "HINT_FEW_IMAGES_FOR_LABEL",
        "A label has few images.",
        "A label with fewer than 10 images is seldom learnt: add some, or merge the label with another.",
    ),
    (
        "HINT_LABEL_ONLY_IN_TESTING",
        "A label of the test manifest has no training image.",
        "Add training images with it, or leave it out: the model can't know it, and it is not evaluated.",
    ),
    (
        "HINT_LABEL_ONLY_IN_TRAINING",
        "A label of the training manifest has no test image.",
        "Add test images with it: without any, nothing is known of how well it is found.",
    ),
    (
        "HINT_MANY_LABELS_IN_IMAGE",
        "The image has more than 50 labels.",
        "An image may have 50 labels: the service has no code for more, so leave some out.",
    ),
    (
        "HINT_LONG_LINE",
        "The line has more than 100,000 characters.",
        "A dataset drops such a line without a word: shorten it, for instance by leaving out what isn't read.",
    ),
    (
        "HINT_BYTE_ORDER_MARK",
        "The file begins with a byte order mark.",
        "Write the file as UTF-8 without one: it isn't known that the service takes it.",
    ),
    (
        "HINT_CRLF",
        "Lines end in a carriage return and a line feed.",
        "Write the file with line feeds only, as the service's own are.",
    ),
    (
        "HINT_BLANK_LINE",
        "The line is blank.",
        "Remove it: a blank line counts as a line, and as an invalid one.",
    ),
    (
        "HINT_CLASS_ID_CHANGES_MEANING",
        "A class id stands for another label than on an earlier line.",
        "This is fine, for a class-map counts within its line only; but check that it is meant.",
    ),
    (
        "HINT_IMAGE_SIZE_DIFFERS",
        "The image has another size than image_size says.",
        "The boxes were drawn on another version of the image, or its sides are swapped: correct size and boxes.",
    ),
    (
        "HINT_IMAGE_NOT_CHECKED",
        "The image could not be looked at.",
        "Nothing is known of it: let the caller read it (s3:GetObject), or try again.",
    ),
)

HINTS = {name: Code(name, Level.HINT, message, fix) for name, message, fix in _HINTS}
"""Our own hints, by name: what no code of the service is about, and quietly spoils a model."""
