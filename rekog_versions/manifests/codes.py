"""The codes that the service reports about manifests, and our own hints, each with a message and a fix.

Codes and messages of the service are copied verbatim from the Custom Labels Developer Guide ("Debugging a failed model
training"), because they appear in the service's files. The fixes and the hints are ours.
"""

from dataclasses import dataclass
from enum import Enum

from rekog_versions._json import JsonResult


class Level(Enum):
    """The part of a manifest that an issue concerns, which decides its effect on a training."""

    REQUEST = "request"
    """The request for the training, as far as the manifests show it. The service rejects it, and no training starts."""
    FILE = "file"
    """The manifest file. The training ends; only the StatusMessage has the error, and no files are written."""
    CONTENT = "content"
    """The content of the manifests. The training ends; the StatusMessage and the manifest summary have the error."""
    LINE = "line"
    """One JSON line. The training continues; the validation manifests have the issue at the place that it concerns."""
    HINT = "hint"
    """A hint of ours. The training continues and the service reports nothing, but the model may become worse."""


@dataclass(frozen=True, slots=True)
class Code(JsonResult):
    """A code of the service, or one of ours."""

    name: str
    """ERROR_... or WARNING_... of the service, or HINT_... or REQUEST_... of ours."""
    level: Level
    message: str
    """The service's message, or ours for a code of ours. `{}` is replaced by the attribute or by a number."""
    fix: str
    """The next step to fix the issue."""

    @property
    def is_warning(self) -> bool:
        """True if a line with this issue is ignored, and not invalid."""
        return self.name.startswith("WARNING_")

    @property
    def is_terminal(self) -> bool:
        """True if the issue alone ends or prevents the training."""
        return self.level in (Level.REQUEST, Level.FILE, Level.CONTENT)


_FILE = (
    (
        "ERROR_MANIFEST_INACCESSIBLE_OR_UNSUPPORTED_FORMAT",
        "The manifest file extension or contents are invalid.",
        "Check the bucket and the key, end the key with an extension such as .manifest, and write one JSON object in "
        "UTF-8 on each line.",
    ),
    ("ERROR_EMPTY_MANIFEST", "The manifest file is empty.", "Write at least one JSON line for each labelled image."),
    (
        "ERROR_MANIFEST_SIZE_TOO_LARGE",
        "The manifest file size exceeds the maximum supported size.",
        "A manifest may have 1 GB. Remove images, or the members of each line that the service does not read.",
    ),
    (
        "ERROR_MANIFEST_ROWS_EXCEEDS_MAXIMUM",
        "The manifest file has too many rows.",
        "Remove lines: a manifest may have 250,000 (ap-south-1 and eu-west-2: 28,000 for training, 7,000 for testing).",
    ),
    (
        "ERROR_CANNOT_WRITE_OUTPUT_S3_BUCKET",
        "Unable to write to output S3 bucket.",
        "Use an output bucket that exists in the training's region, and grant the caller s3:PutObject on it.",
    ),
    (
        "ERROR_INVALID_PERMISSIONS_MANIFEST_S3_BUCKET",
        "The S3 bucket permissions are incorrect.",
        "Grant the caller and rekognition.amazonaws.com read access to the manifest's bucket (s3:GetObject, "
        "s3:GetBucketLocation).",
    ),
)
_CONTENT = (
    (
        "ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST",
        "The manifest file contains too many invalid rows.",
        "At most 20 % of the lines may be invalid, and blank lines are invalid. Fix or remove the lines with errors.",
    ),
    (
        "ERROR_IMAGES_IN_MULTIPLE_S3_BUCKETS",
        "The manifest file contains images from multiple S3 buckets.",
        "Copy all images of the manifest to one bucket and change each source-ref.",
    ),
    (
        "ERROR_INVALID_PERMISSIONS_IMAGES_S3_BUCKET",
        "The permissions for the images S3 bucket are invalid.",
        "Grant the caller and rekognition.amazonaws.com read access to the images' bucket (s3:GetObject, "
        "s3:GetBucketLocation).",
    ),
    (
        "ERROR_INVALID_IMAGES_S3_BUCKET_OWNER",
        "Invalid owner id for images S3 bucket.",
        "Copy the images or the manifest: their buckets must belong to the same account.",
    ),
    (
        "ERROR_INSUFFICIENT_IMAGES_PER_LABEL_FOR_AUTOSPLIT",
        "The manifest file contains insufficient labeled images per label to perform auto-split.",
        "Add images for each label, so that 20 % of them can be held back, or provide a test manifest.",
    ),
    (
        "ERROR_MANIFEST_TOO_FEW_LABELS",
        "The manifest file has too few labels.",
        "Add labels: a model for image-level labels needs two, a model that locates objects needs one.",
    ),
    (
        "ERROR_MANIFEST_TOO_MANY_LABELS",
        "The manifest file has too many labels.",
        "A model may have 250 labels. Merge some labels, or train several models.",
    ),
    (
        "ERROR_INSUFFICIENT_LABEL_OVERLAP",
        "Less than {}% label overlap between the training and testing manifest files.",
        "Add test images for at least half of the training labels. Case and blanks of labels count.",
    ),
    (
        "ERROR_MANIFEST_TOO_FEW_USABLE_LABELS",
        "The manifest file has too few usable labels.",
        "Use one kind of labels, image-level labels or boxes. Lines of the other kind are ignored, and too few labels "
        "remain.",
    ),
    (
        "ERROR_INSUFFICIENT_USABLE_LABEL_OVERLAP",
        "Less than {}% usable label overlap between the training and testing manifest files.",
        "Use the same kind of labels (image-level or boxes) and the same labels in the training and the test images.",
    ),
    (
        "ERROR_FAILED_IMAGES_S3_COPY",
        "Failed to copy images from S3 bucket.",
        "Check that the images exist, and that their bucket lets the service read them: no image could be read.",
    ),
    (
        "ERROR_TOO_MANY_RECORDS_IN_ERROR",
        "The manifest file has too many terminal errors.",
        "Fix or remove the lines with errors, and train again.",
    ),
)
_LINE = (
    (
        "ERROR_INVALID_JSON_LINE",
        "The JSON Line has an invalid format.",
        "Write one complete JSON object on each line, and leave no line blank.",
    ),
    (
        "ERROR_MISSING_SOURCE_REF",
        "The source-ref key is missing.",
        'Add "source-ref": "s3://bucket/key" with the bucket and the key of the image.',
    ),
    (
        "ERROR_INVALID_SOURCE_REF_FORMAT",
        "The format of the source-ref value is invalid.",
        'Write source-ref as "s3://bucket/key", with the key exactly as in S3, without URL escapes.',
    ),
    (
        "ERROR_NO_LABEL_ATTRIBUTES",
        "No label attributes found.",
        "Add a pair of members for each label: NAME and NAME-metadata, where both have exactly the same NAME.",
    ),
    (
        "ERROR_NO_VALID_LABEL_ATTRIBUTES",
        "No valid label attributes found.",
        "Fix at least one of the line's label attributes. The other errors of the line describe them.",
    ),
    (
        "ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT",
        "The format of the label attribute {} is invalid.",
        "Write an image-level attribute as a number. Write an attribute with boxes as an object with image_size (a "
        "list of one size) and annotations (class_id, left, top, width and height, all numbers).",
    ),
    (
        "ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT",
        "The format of the label attribute metadata is invalid.",
        "Give image-level metadata a class-name and a confidence (0 to 1). Give metadata of boxes the objects (one for "
        "each box, with its confidence) and a class-map.",
    ),
    (
        "ERROR_UNSUPPORTED_USE_CASE_TYPE",
        "The use case type of the {} label attribute metadata is unsupported. Check the type field.",
        "Set type to groundtruth/image-classification or groundtruth/object-detection. Convert other formats.",
    ),
    (
        "ERROR_MISSING_BOUNDING_BOX_CONFIDENCE",
        "One or more bounding boxes has a missing confidence value.",
        "Add an object with a confidence to the metadata's objects for each of the annotations.",
    ),
    (
        "ERROR_MISSING_CLASS_MAP_ID",
        "One of more class ids is missing from the class map.",
        "Add each class_id of the boxes to the class-map of the same line.",
    ),
    (
        "ERROR_INVALID_LABEL_NAME_LENGTH",
        "The length of the label name is too long.",  # the guide has no text for this code
        "Shorten the label to at most 256 characters.",
    ),
    (
        "ERROR_TOO_MANY_BOUNDING_BOXES",
        "There are more bounding boxes than the allowed maximum.",
        "An image may have 50 boxes. Remove some, or cut the image into several.",
    ),
    (
        "ERROR_INVALID_BOUNDING_BOX",
        "The bounding box has off frame values.",
        "Clip the box to the image: left and top must be at least 0, left + width and top + height within image_size.",
    ),
    (
        "ERROR_BOUNDING_BOX_TOO_SMALL",
        "The height and width of the bounding box is too small.",
        "Enlarge or remove the box: width and height must be more than 1 pixel after the image's longer side is scaled "
        "down to 1,280 pixels.",
    ),
    (
        "ERROR_NO_VALID_ANNOTATIONS",
        "No valid annotations found.",
        "Fix at least one of the attribute's boxes.",
    ),
    (
        "ERROR_INVALID_IMAGE",
        "The image is invalid. Check S3 path and/or image properties.",
        "Check that the image exists under exactly this key, without URL escapes. It must be a PNG or JPEG of at most "
        "15 MB, with sides of 64 to 4,096 pixels, at most 20 times as long as wide.",
    ),
    (
        "ERROR_INVALID_IMAGE_DIMENSION",
        "The image dimension(s) do not conform to allowed dimensions.",
        "Use an image whose sides have 64 to 4,096 pixels, at most 20 times as long as wide.",
    ),
    (
        "WARNING_UNANNOTATED_RECORD",
        "Record is unannotated.",
        "Label the image, or remove the line: it is ignored.",
    ),
    (
        "WARNING_NO_ANNOTATIONS",
        "No annotations were found.",
        "Draw boxes, or remove the line: it is ignored.",
    ),
    (
        "WARNING_NO_ATTRIBUTE_ANNOTATIONS",
        "No attribute annotations were found.",
        "Draw boxes, or remove the attribute: it has none.",
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
        "An image is in the manifest more than once.",
        "Merge the lines: a dataset keeps one line for each image, and drops the others without an error.",
    ),
    (
        "HINT_TEST_IMAGE_IN_TRAINING",
        "A test image is also in the training manifest.",
        "Remove it from one of the manifests: metrics on training images are too good.",
    ),
    (
        "HINT_SAME_BOXES_TWICE",
        "Two attributes have the same boxes, so each box counts twice.",
        "Keep one of the attributes, for example the newer one of a labeling job and its -chain adjustment. "
        "from_ground_truth() keeps the last adjustment.",
    ),
    (
        "HINT_JOB_AND_ADJUSTMENT",
        "A labeling job is in the line together with its adjustment or verification.",
        "Convert the manifest with from_ground_truth(), which keeps the last adjustment, or remove the older one. "
        "The service reads the labels of both jobs: they count twice, in this report too. It ignores verifications.",
    ),
    (
        "HINT_REJECTED_LABELS",
        "A verification job rejected the labels of the line, and the service reads them all the same.",
        "Convert the manifest with from_ground_truth(..., leave_out_rejected=True), or correct the labels.",
    ),
    (
        "HINT_SIMILAR_LABELS",
        "Labels differ only in case, blanks, Unicode form or look-alike characters. The service treats them as "
        "different labels.",
        "Write each label in the same way everywhere, for example as unicodedata.normalize('NFKC', label) does.",
    ),
    (
        "HINT_BLANKS_IN_LABEL",
        "A label begins or ends with a blank, or has invisible characters. They are part of its name.",
        "Remove them, unless the code that uses the model expects them.",
    ),
    (
        "HINT_OTHER_USE_CASE",
        "Some images have only labels of the other kind, and the training ignores them.",
        "Use one kind of labels for all images, image-level labels or boxes, or train two models.",
    ),
    (
        "HINT_LABELS_OF_OTHER_FEATURE",
        "Lines lack the content-moderation-groundtruth that the guide requires for Custom Moderation.",
        'Write "content-moderation-groundtruth": {"ModerationLabels": [{"Name": "..."}]}, for example with '
        "ModerationLine.",
    ),
    (
        "HINT_FEW_IMAGES_FOR_LABEL",
        "A label has few images.",
        "Add images, or merge the label with another: models seldom learn a label from fewer than 10 images.",
    ),
    (
        "HINT_LABEL_ONLY_IN_TESTING",
        "A label of the test manifest has no training image.",
        "Add training images with the label, or remove it: the model cannot learn it, and it is not evaluated.",
    ),
    (
        "HINT_LABEL_ONLY_IN_TRAINING",
        "A label of the training manifest has no test image.",
        "Add test images with the label: without them it has no metrics.",
    ),
    (
        "HINT_MANY_TEST_IMAGES_FOR_LABEL",
        "A label has more than 1,000 test images.",
        "Move some to the training manifest: an older page about the service's limits allows 1,000 for each label.",
    ),
    (
        "HINT_MANY_LABELS_IN_IMAGE",
        "The image has more than 50 labels.",
        "Remove some labels: an image may have 50, and the service has no error code for more.",
    ),
    (
        "HINT_LONG_LINE",
        "The line has more than 100,000 characters.",
        "Shorten the line, for example by removing members that the service does not read. A dataset drops such a line "
        "without an error.",
    ),
    (
        "HINT_BYTE_ORDER_MARK",
        "The file begins with a byte order mark.",
        "Write the file as UTF-8 without a byte order mark: the service may not accept it.",
    ),
    (
        "HINT_CRLF",
        "Lines end in a carriage return and a line feed.",
        "Write the file with line feeds only, as the service does.",
    ),
    (
        "HINT_BLANK_LINE",
        "The line is blank.",
        "Remove the line: a blank line counts as an invalid line.",
    ),
    (
        "HINT_OBJECT_SPANS_LINES",
        "A JSON object spans several lines, but the service reads each line by itself.",
        "Write each object on one line: run `jq -c . FILE`, or write json.dumps(entry) for each entry.",
    ),
    (
        "HINT_URL_ENCODED_KEY",
        "The key in source-ref has URL escapes, which S3 reads literally.",
        "Decode the key, for example with urllib.parse.unquote_plus(), unless the object has these characters in its "
        "key.",
    ),
    (
        "HINT_CLASS_ID_CHANGES_MEANING",
        "A class id has another label than on an earlier line.",
        "Check that this is intended. It is valid, because a class-map applies only to its own line.",
    ),
    (
        "HINT_IMAGE_SIZE_DIFFERS",
        "The size of the image differs from image_size.",
        "Correct image_size and the boxes: they belong to another version of the image, or the sides are swapped.",
    ),
    (
        "HINT_IMAGE_FORMAT",
        "The extension of the image is that of a format which the service does not accept.",
        "Convert the image to PNG or JPEG and change its source-ref. If its content is PNG or JPEG despite its name, "
        "nothing is needed: images=... of check_manifests() reads it.",
    ),
    (
        "HINT_IMAGE_SIZE_OUT_OF_RANGE",
        "image_size is not a size that the service accepts.",
        "Scale the image and its boxes to sides of 64 to 4,096 pixels, at most 20 times as long as wide. If the image "
        "has another size, correct image_size: images=... of check_manifests() reads the images.",
    ),
    (
        "HINT_IMAGE_TURNED",
        "An EXIF orientation turns or mirrors the image when it is displayed, and the guide does not say if the boxes "
        "must be turned too.",
        "Store the pixels as displayed, for example with PIL.ImageOps.exif_transpose(), and draw the boxes on them.",
    ),
    (
        "HINT_IMAGE_NOT_CHECKED",
        "The image could not be checked.",
        "Grant the caller s3:GetObject on the image, or try again.",
    ),
)

HINTS = {name: Code(name, Level.HINT, message, fix) for name, message, fix in _HINTS}
"""Our own hints, by name: problems for which the service has no code, but which may make a model worse."""

NO_TEST_DATA = "REQUEST_WITHOUT_TEST_DATA"
_REQUEST = Code(
    NO_TEST_DATA,
    Level.REQUEST,
    "A training needs test data: a request without it is rejected.",
    "Pass the test manifest as `testing`, or auto_create=True if the service should hold back a fifth of the images. "
    "split_manifest() makes a test manifest.",
)


def find_code(name: str) -> Code | None:
    """Return the code of the service or of ours with a name; None for an unknown name."""
    return CODES.get(name) or HINTS.get(name) or (_REQUEST if name == NO_TEST_DATA else None)
