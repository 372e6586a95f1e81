# Generated from rekog_versions/failures/_async/explain.py. Change that file, then run scripts/unasync.py.
"""The call of `explain_failure()`."""

from rekog_versions.client import VersionsClient
from rekog_versions.failures.compose import EXAMPLES, check_examples, explanation_of, final_description, has_files
from rekog_versions.failures.explanation import FailureExplanation
from rekog_versions.failures.files import read_files
from rekog_versions.models.references import VersionRef


def explain_failure(client: VersionsClient, version: VersionRef, *, examples: int = EXAMPLES) -> FailureExplanation:
    """Explain why a training failed: the reason, the errors of each line, and the next steps.

    The function reads the version's status message and, from S3, the manifest summary and both validation manifests.
    The version's description names these files. The manifests are read as streams, so a large one needs time and no
    memory. A file that can't be read (denied, deleted, broken, of another format) raises nothing: it is listed in
    `unreadable_files`.

    A version that has not failed is described too, with `failed` False. After a training that succeeded, the validation
    manifests show which lines were not used. A failed start or copy is explained by the status message.

    Args:
        client: The client. It needs a session or an S3 client to read the files; without one, only the status message
            is explained.
        version: The ARN, `(project_arn, version_name)`, or a description. A description with TRAINING_FAILED or
            COPYING_FAILED (such as `TrainingFailedError.description`) is used unchanged, because these statuses are
            final. With any other status the version is described again.
        examples: The most examples to show for each code and manifest.

    Raises:
        VersionNotFoundError: The version does not exist.
        ServiceError: The service rejected the request to describe the version.
        ValueError: `version` does not name a version, or `examples` is negative.
    """
    check_examples(examples)
    description = final_description(version) or client.get_project_version(version)
    contents = None
    if has_files(description):
        contents = client.run_blocking(read_files, lambda: client.s3, description, examples)
    return explanation_of(description, version, contents)
