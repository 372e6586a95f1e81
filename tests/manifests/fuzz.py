"""Check a large number of odd lines with and without the fast reader.

    python -m tests.manifests.fuzz --lines 1000000 --seed 1 [more.manifest ...]

Lines of the files on the command line are mutated too. If an assertion fails, a note names the seed of its block.
"""

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

from tests.manifests.agreement import both_ways
from tests.manifests.mutations import mutated
from tests.manifests.odd_lines import LINES

BLOCK = 500
"""Lines that are checked as one manifest."""


def block(seed: int, lines: Sequence[bytes], folder: Path | None) -> Counter[str]:
    """Check a block of odd lines among good lines, and return the number of issues with each code."""
    random = Random(seed)
    # few kinds of lines, so that schemas are compiled for them
    some = random.sample(lines, min(len(lines), random.randint(1, 8)))
    made = [mutated(random, some) for _ in range(BLOCK)]
    if random.random() < 0.5:
        # validation manifests are written only for files that are UTF-8
        made = [line.decode("utf-8", "replace").encode() for line in made]
    feature = random.choice(("CUSTOM_LABELS", "CONTENT_MODERATION"))
    fast, _ = both_ways([*some, *some, *some, *made], folder, feature=feature)
    return Counter(fast.counts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("files", nargs="*", type=Path)
    given = parser.parse_args()
    lines = [*LINES, *(line for path in given.files for line in path.read_bytes().splitlines())]
    found: Counter[str] = Counter()
    began = time.monotonic()
    blocks = -(-given.lines // BLOCK)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(blocks):
            seed = given.seed * 1_000_000 + number
            try:
                found += block(seed, lines, Path(folder))
            except BaseException as error:
                error.add_note(f"in the block of seed {seed}")
                raise
    print(f"{blocks * BLOCK:,} lines from {len(lines):,} in {time.monotonic() - began:.0f} s; found:")  # noqa: T201 - run by hand
    for code, count in found.most_common():
        print(f"  {code}: {count:,}")  # noqa: T201


if __name__ == "__main__":
    main()
