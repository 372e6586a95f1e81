"""Helpers of all plots: axes with texts around them, and names of labels that can be drawn. They need matplotlib."""


def require_matplotlib() -> None:
    """Import matplotlib.

    Raises:
        ModuleNotFoundError: It is not installed; the message names the extra.
    """
    try:
        import matplotlib as mpl  # noqa: F401, PLC0415  # pyright: ignore[reportUnusedImport]
    except ModuleNotFoundError as error:
        if error.name != "matplotlib":
            raise
        raise ModuleNotFoundError(
            'plots need matplotlib. Install it with: pip install "rekog_versions[plots]"', name="matplotlib"
        ) from error
