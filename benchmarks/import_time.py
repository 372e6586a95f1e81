"""What importing the package takes against the pydantic that it stands on.

`import rekog_versions` resolves none of the public names: each is imported when it is first used. What that costs
then is in the rows below it: the names of the README's first example, and all of them at once. Each import runs in a
fresh, isolated interpreter (`-I`) whose own CPU time, user and system, is what is measured. In the rows "alone" the
CPU time of an interpreter that imports nothing is taken off both sides: start-up is the same for all and would hide
the difference.
"""

import os
import subprocess
import sys
from collections.abc import Sequence

from benchmarks._measure import Row, Sample, interleaved

LIMIT = 1.3
_CODES = {
    "nothing": "pass",
    "pydantic": "from pydantic import BaseModel",
    "one model": "from pydantic import BaseModel\nclass Model(BaseModel): number: int",
    "everything": "from rekog_versions import *",
    "readme": "from rekog_versions import OutputConfig, TestingData, TrainingData, VersionsClient",
    "package": "import rekog_versions",
    "boto3": "import boto3",
}


def rows(repetitions: int = 25) -> list[Row]:
    taken = interleaved(*(_imports(code) for code in _CODES.values()), repetitions=repetitions)
    whole = dict(zip(_CODES, taken, strict=True))
    alone = {name: _less(seconds, whole["nothing"]) for name, seconds in whole.items()}
    return [
        Row(
            "import rekog_versions / from pydantic import BaseModel, alone", alone["package"], alone["pydantic"], LIMIT
        ),
        Row("  the names of the README's first example / the same, alone", alone["readme"], alone["pydantic"]),
        Row("  from rekog_versions import * / the same, alone", alone["everything"], alone["pydantic"]),
        Row("  from rekog_versions import * / the same, with the interpreter", whole["everything"], whole["pydantic"]),
        Row("  from rekog_versions import * / pydantic and one model, alone", alone["everything"], alone["one model"]),
        Row("  import boto3 / from pydantic import BaseModel, alone", alone["boto3"], alone["pydantic"]),
    ]


def _imports(code: str) -> Sample:
    def sample() -> float:
        child = subprocess.Popen([sys.executable, "-I", "-c", code])
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)  # it is waited for already
        if child.returncode:
            raise RuntimeError(f"{code!r} ended with {child.returncode}")
        return usage.ru_utime + usage.ru_stime

    return sample


def _less(seconds: Sequence[float], start: Sequence[float]) -> list[float]:
    return [whole - bare for whole, bare in zip(seconds, start, strict=True)]
