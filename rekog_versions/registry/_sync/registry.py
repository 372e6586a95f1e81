# Generated from rekog_versions/registry/_async/registry.py. Change that file, then run scripts/unasync.py.
"""`Registry`, composed of one module per subject."""

from rekog_versions.registry._sync.clean_up import CleanUp


class Registry(CleanUp):
    """The aliases of projects, in one JSON document in S3 for each project.

    Writers do not overwrite each other: S3 replaces a document only if it is still the one that was read. A writer that
    loses decides again on the new document. S3-compatible stores must support conditional writes (`If-Match` and
    `If-None-Match` of PutObject).

    Args:
        client: A client of type `VersionsClient`. Its `s3` reads and writes the documents.
        location: `s3://bucket/prefix`. Use another prefix for each account and region.
        project: The name or the ARN of the project that methods without a version mean. By default, the registry must
            have the document of exactly one project.
        max_age: The seconds after which `detect()` resolves an alias again.
        now: The function that returns the time in UTC, for the history.

    Raises:
        ValueError: `location` or `project` has another form, or `max_age` is negative.
        TypeError: An argument has the wrong type.
    """
