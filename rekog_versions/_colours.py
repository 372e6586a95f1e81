"""The colours of plots and of marks on images. They are distinct for colour-blind people too."""

from collections.abc import Sequence

BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY = "#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9"
PALETTE = (BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY)
"""The palette of Okabe and Ito, without yellow and black."""
MUTED = "#767676"
"""A grey that is readable on white and on black."""


def readable_on(colour: Sequence[float]) -> str:
    """Return black or white, the one with the higher contrast ratio (WCAG 2) on a colour.

    Args:
        colour: Red, green and blue, each 0 to 1. More parts are ignored.
    """
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour[:3]]  # noqa: PLR2004
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "black" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "white"
