"""The error for a missing library of the extras `testing` and `server`. This module imports nothing of them."""


def explain_missing_library(error: ModuleNotFoundError, extra: str) -> ImportError | None:
    """Return the error that names the extra to install, for a library that could not be imported.

    Args:
        error: The error of the import.
        extra: The extra that installs the library.

    Returns:
        The error to raise instead. It is None if the missing module belongs to this project: that is a bug of the
        project, and installing something does not help.
    """
    if error.name is None or error.name.partition(".")[0] == "rekog_versions":
        return None
    needed = "moto" if extra == "testing" else "moto's server"
    return ImportError(
        f"rekog_versions.testing needs {needed}, but {error.name} is not installed. "
        f'Run: pip install "rekog_versions[{extra}]"',
        name=error.name,
    )
