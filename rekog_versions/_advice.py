"""What to do next when the service refuses, by operation and code: the notes on its errors."""

from collections.abc import Mapping

BY_OPERATION: Mapping[tuple[str, str], str] = {
    ("CreateProjectVersion", "ResourceInUseException"): (
        "The project has a version of that name. Choose another version_name, or wait for the one that is there with "
        "wait_until_trained((project_arn, version_name))."
    ),
    ("CreateProjectVersion", "LimitExceededException"): (
        "An account may run 2 trainings at a time in a region (Service Quotas L-F1558568; fewer in some regions) and "
        "keep 100 versions in a project (L-9CF05323). Wait for a training to end, delete versions, or have the quota "
        "raised."
    ),
    ("StartProjectVersion", "ResourceInUseException"): (
        "A model can be started once it is trained or copied, or when it is STOPPED or FAILED. If it is STARTING "
        "or RUNNING already, wait_until_running(version) waits for it; if it is STOPPING, "
        "wait_until_stopped(version) comes first."
    ),
    ("StartProjectVersion", "LimitExceededException"): (
        "An account may run 2 models at a time in a region (Service Quotas L-5E225387), with 5 inference units each "
        "(L-4FA65ECB). Stop a model, or have the quota raised."
    ),
    ("StopProjectVersion", "ResourceInUseException"): (
        "Only a model that is RUNNING can be stopped. If it is STARTING, wait_until_running(version) comes first; it "
        "is billed until it is stopped."
    ),
    ("DeleteProjectVersion", "ResourceInUseException"): (
        "A version that trains, is copied or runs can't be deleted: wait for it, or stop_project_version(version) and "
        "wait_until_stopped(version) first."
    ),
    ("CopyProjectVersion", "ResourceInUseException"): (
        "Either the destination project has a version of that name, or the source version has no finished model."
    ),
    ("CopyProjectVersion", "AccessDeniedException"): (
        "The caller needs rekognition:CopyProjectVersion on the source and the destination; where the source is in "
        "another account, its project needs a policy that allows it (put_project_policy)."
    ),
    ("CopyProjectVersion", "LimitExceededException"): (
        "An account may make a limited number of copies at a time (Service Quotas L-B3EE7891) and keep 100 versions in "
        "a project (L-9CF05323). Wait for a copy to end, delete versions, or have the quota raised."
    ),
    ("CreateProject", "ResourceInUseException"): (
        "There is a project of that name in this account and region: describe_projects(project_names=[...]) finds it."
    ),
    ("CreateProject", "LimitExceededException"): (
        "An account may have 100 projects in a region (Service Quotas L-14D0BC19). Delete some, or have it raised."
    ),
    ("CreateDataset", "ResourceAlreadyExistsException"): (
        "A project has one training dataset and one test dataset at most. describe_projects(project_names=[...]) shows "
        "which there are; update_dataset_entries(...) changes one, delete_dataset(...) makes room."
    ),
    ("CreateDataset", "InvalidS3ObjectException"): (
        "The service could not read the manifest: check bucket, key and region, and that the bucket's policy lets the "
        "service read (rekognition.amazonaws.com needs s3:GetObject and the like)."
    ),
    ("UpdateDatasetEntries", "ResourceInUseException"): (
        "The dataset is being created, updated or trained on. wait_until_dataset_ready(dataset_arn) comes first."
    ),
    ("ListDatasetEntries", "ResourceNotReadyException"): (
        "The dataset is not ready: wait_until_dataset_ready(dataset_arn) waits for it, and says why if it has failed."
    ),
    ("ListDatasetLabels", "ResourceNotReadyException"): (
        "The dataset is not ready: wait_until_dataset_ready(dataset_arn) waits for it, and says why if it has failed."
    ),
    ("DistributeDatasetEntries", "ResourceNotReadyException"): (
        "Both datasets must be ready: wait_until_dataset_ready(dataset_arn) waits for each."
    ),
    ("DeleteDataset", "ResourceInUseException"): (
        "The dataset is being created, updated or trained on: wait for that to end first."
    ),
    ("DetectCustomLabels", "ResourceNotReadyException"): (
        "Only a model that is RUNNING can look at images: start_project_version(version), then "
        "wait_until_running(version). It is billed until stop_project_version(version)."
    ),
    ("DetectCustomLabels", "ImageTooLargeException"): (
        "Image bytes may be 4 MB, an object in S3 15 MB: scale the image down, or put it into S3 and pass an S3Object."
    ),
    ("DetectCustomLabels", "InvalidImageFormatException"): "An image must be PNG or JPEG.",
    ("DetectCustomLabels", "InvalidS3ObjectException"): (
        "Check bucket, key and region, and that the caller may read the object (s3:GetObject)."
    ),
    ("DetectCustomLabels", "LimitExceededException"): (
        "The model gets more images than its inference units can do: send fewer at a time, or start it with more "
        "(max_inference_units lets it scale)."
    ),
    ("PutProjectPolicy", "ResourceAlreadyExistsException"): (
        "The project has a policy of that name. To replace it, give its policy_revision_id; iter_project_policies "
        "shows it."
    ),
    ("PutProjectPolicy", "InvalidPolicyRevisionIdException"): (
        "The policy was changed meanwhile, or was not there: iter_project_policies shows its revision."
    ),
    ("DeleteProjectPolicy", "InvalidPolicyRevisionIdException"): (
        "The policy was changed meanwhile: iter_project_policies shows its revision."
    ),
    ("DeleteProject", "ResourceInUseException"): (
        "Only a project without versions and datasets can be deleted: delete those first."
    ),
}
ANYWHERE: Mapping[str, str] = {
    "AccessDeniedException": "The caller needs a policy that allows rekognition:{operation} on this resource.",
    "ResourceNotFoundException": "Check the ARN, and that the client calls its account and region.",
    "ExpiredTokenException": "The credentials have expired: renew them and make a new client.",
}
