"""The next step after a rejected request, by operation and error code. `ServiceError` adds it as a note."""

from collections.abc import Mapping

_DATASET_NOT_READY = (
    "The dataset is not ready. Call wait_until_dataset_ready(dataset_arn) first; it raises if it failed."
)

BY_OPERATION: Mapping[tuple[str, str], str] = {
    ("CreateProjectVersion", "ResourceInUseException"): (
        "The project already has a version of that name. Choose another version_name, or wait for the existing one "
        "with wait_until_trained((project_arn, version_name))."
    ),
    ("CreateProjectVersion", "LimitExceededException"): (
        "By default an account can run 2 trainings at a time in a region (Service Quotas L-F1558568; fewer in some "
        "regions) and keep 100 versions in a project (L-9CF05323). Wait for a training to end, delete versions, or "
        "request a quota increase."
    ),
    ("StartProjectVersion", "ResourceInUseException"): (
        "A model can be started when it is trained or copied, STOPPED or FAILED. If it is STARTING or RUNNING, call "
        "wait_until_running(version). If it is STOPPING, call wait_until_stopped(version) first."
    ),
    ("StartProjectVersion", "LimitExceededException"): (
        "By default an account can run 2 models at a time in a region (Service Quotas L-5E225387), with 5 inference "
        "units each (L-4FA65ECB). Stop a model, or request a quota increase."
    ),
    ("StopProjectVersion", "ResourceInUseException"): (
        "Only a RUNNING model can be stopped. If it is STARTING, call wait_until_running(version) first; the model is "
        "billed until it is stopped."
    ),
    ("DeleteProjectVersion", "ResourceInUseException"): (
        "A version that is training, being copied or running cannot be deleted. Wait for it, or call "
        "stop_project_version(version) and wait_until_stopped(version) first."
    ),
    ("CopyProjectVersion", "ResourceInUseException"): (
        "Either the destination project already has a version of that name, or the source version has no finished "
        "model."
    ),
    ("CopyProjectVersion", "AccessDeniedException"): (
        "The caller needs rekognition:CopyProjectVersion on the source and the destination. If the source is in "
        "another account, its project needs a policy that allows the copy (put_project_policy)."
    ),
    ("CopyProjectVersion", "LimitExceededException"): (
        "An account can make a limited number of copies at a time (Service Quotas L-B3EE7891) and keep 100 versions in "
        "a project (L-9CF05323). Wait for a copy to end, delete versions, or request a quota increase."
    ),
    ("CreateProject", "ResourceInUseException"): (
        "A project of that name exists in this account and region. Call describe_projects(project_names=[...]) to find "
        "it."
    ),
    ("CreateProject", "LimitExceededException"): (
        "By default an account can have 100 projects in a region (Service Quotas L-14D0BC19). Delete projects, or "
        "request a quota increase."
    ),
    ("CreateDataset", "ResourceAlreadyExistsException"): (
        "A project has at most one training and one test dataset. Call describe_projects(project_names=[...]) to list "
        "them, update_dataset_entries(...) to change one, or delete_dataset(...) to replace it."
    ),
    ("CreateDataset", "InvalidS3ObjectException"): (
        "The service could not read the manifest. Check bucket, key and region, and that the bucket policy lets "
        "rekognition.amazonaws.com read it (s3:GetObject)."
    ),
    ("UpdateDatasetEntries", "ResourceInUseException"): (
        "The dataset is being created, updated or used by a training. Call wait_until_dataset_ready(dataset_arn) first."
    ),
    ("ListDatasetEntries", "ResourceNotReadyException"): _DATASET_NOT_READY,
    ("ListDatasetLabels", "ResourceNotReadyException"): _DATASET_NOT_READY,
    ("DistributeDatasetEntries", "ResourceNotReadyException"): (
        "Both datasets must be ready. Call wait_until_dataset_ready(dataset_arn) for each."
    ),
    ("DeleteDataset", "ResourceInUseException"): (
        "The dataset is being created, updated or used by a training. Wait for that to end first."
    ),
    ("DetectCustomLabels", "ResourceNotReadyException"): (
        "Only a RUNNING model can analyze images. Call start_project_version(version) and wait_until_running(version); "
        "the model is billed until stop_project_version(version)."
    ),
    ("DetectCustomLabels", "ImageTooLargeException"): (
        "Image bytes may have at most 4 MB, an object in S3 15 MB. Scale the image down, or upload it to S3 and pass "
        "an S3Object."
    ),
    ("DetectCustomLabels", "InvalidImageFormatException"): "The image must be a PNG or JPEG file.",
    ("DetectCustomLabels", "InvalidS3ObjectException"): (
        "Check bucket, key and region, and that the caller may read the object (s3:GetObject)."
    ),
    ("DetectCustomLabels", "LimitExceededException"): (
        "The model receives more images than its inference units can process. Send fewer at a time, or start it with "
        "more units (max_inference_units lets it scale)."
    ),
    ("PutProjectPolicy", "ResourceAlreadyExistsException"): (
        "The project already has a policy of that name. To replace it, pass its policy_revision_id; "
        "iter_project_policies(project_arn) lists it."
    ),
    ("PutProjectPolicy", "InvalidPolicyRevisionIdException"): (
        "The policy was changed or deleted since. iter_project_policies(project_arn) lists its current revision."
    ),
    ("DeleteProjectPolicy", "InvalidPolicyRevisionIdException"): (
        "The policy was changed since. iter_project_policies(project_arn) lists its current revision."
    ),
    ("DeleteProject", "ResourceInUseException"): (
        "A project can only be deleted without versions and datasets. Delete those first."
    ),
}

ANY_OPERATION: Mapping[str, str] = {
    "AccessDeniedException": "The caller needs a policy that allows rekognition:{operation} on this resource.",
    "ResourceNotFoundException": "Check the ARN, and the account and region of the client.",
    "ExpiredTokenException": "The credentials have expired. Renew them and create a new client.",
}
