"""The import time of the package, compared with pydantic and one model.

`import rekog_versions` loads none of the public names: each is loaded when it is first used. The baseline is pydantic
with one model that has one field, because every program that uses pydantic pays for both.

Each import runs in a fresh, isolated interpreter (`-I`), whose CPU time (user and system) is measured. In the rows
"alone", the CPU time of an interpreter that imports nothing is subtracted from both sides, because it would hide the
difference.
"""

import sys
from collections.abc import Sequence

from benchmarks._measure import Row, interleaved, process

LIMIT = 1.3
_CODES = {
    "nothing": "pass",
    "pydantic": "from pydantic import BaseModel\nclass Model(BaseModel): number: int",
    "readme": "from rekog_versions import OutputConfig, TestingData, TrainingData, VersionsClient",
    "package": "import rekog_versions",
    "manifests": "from rekog_versions.manifests import check_manifests",
    "evaluation": "from rekog_versions.evaluation import Evaluation",
    "everything": "from rekog_versions import *",
    "boto3": "import boto3",
}


def rows(repetitions: int = 25) -> list[Row]:
    seconds = interleaved(
        *(process(sys.executable, "-I", "-c", code) for code in _CODES.values()), repetitions=repetitions
    )
    whole = dict(zip(_CODES, seconds, strict=True))
    alone = {name: _difference(taken, whole["nothing"]) for name, taken in whole.items()}
    baseline = alone["pydantic"]
    return [
        Row(
            "the names of the README's first example / pydantic and one model, alone", alone["readme"], baseline, LIMIT
        ),
        Row("  import rekog_versions / the same, alone", alone["package"], baseline),
        Row("  check_manifests / the same, alone", alone["manifests"], baseline),
        Row("  Evaluation / the same, alone", alone["evaluation"], baseline),
        Row("  from rekog_versions import * / the same, alone", alone["everything"], baseline),
        Row("  import boto3 / the same, alone", alone["boto3"], baseline),
        Row("  README / pydantic and one model, with the interpreter", whole["readme"], whole["pydantic"]),
    ]


def _difference(seconds: Sequence[float], start: Sequence[float]) -> list[float]:
    return [whole - bare for whole, bare in zip(seconds, start, strict=True)]
