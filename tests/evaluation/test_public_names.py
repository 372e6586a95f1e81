"""What is public, and what importing it costs."""

import subprocess
import sys

import pytest

from rekog_versions import evaluation

HEAVY = ("asyncio", "boto3", "botocore.client", "botocore.session", "matplotlib", "moto", "msgspec", "PIL", "tenacity")


def test_the_public_names_are_there() -> None:
    assert [name for name in evaluation.__all__ if not hasattr(evaluation, name)] == []
    assert len(set(evaluation.__all__)) == len(evaluation.__all__)


@pytest.mark.parametrize("name", evaluation.__all__)
def test_every_public_name_is_documented(name: str) -> None:
    assert getattr(evaluation, name).__doc__


def test_an_import_loads_nothing_heavy() -> None:
    script = "import rekog_versions.evaluation, sys\nprint(*sorted(set(sys.argv[1:]) & set(sys.modules)), 'end')"
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, *HEAVY], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout == "end\n"


def test_local_files_are_judged_without_boto3() -> None:
    script = (
        "import sys\nfrom rekog_versions.evaluation import Evaluation\n"
        'judged = Evaluation.from_files(b\'{"EvaluationDetails": {}}\', b\'{"source-ref": "s3://b/k"}\')\n'
        "judged.recompute()\nprint(*sorted({'boto3', 'botocore.client', 'moto'} & set(sys.modules)), 'end')"
    )
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout == "end\n"
