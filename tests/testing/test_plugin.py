import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import rekog_versions.testing
from rekog_versions.testing import CustomLabelsControl, plugin as plugin_module
from rekog_versions.testing.missing_extra import explain_missing_library
from tests.testing.emulator import client

BLOCK_MOTO = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "moto":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Blocker())
"""


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)


def test_the_fixture_is_the_control_of_a_running_mock(custom_labels: CustomLabelsControl) -> None:
    assert CustomLabelsControl.current() is custom_labels
    custom_labels.set_limits(projects=0)
    rekognition = client("rekognition")
    with pytest.raises(rekognition.exceptions.LimitExceededException):
        rekognition.create_project(ProjectName="p1")


@pytest.mark.slow
def test_the_plugin_is_found_by_pytest_on_its_own(tmp_path: Path) -> None:
    (tmp_path / "test_theirs.py").write_text(
        "import boto3\n"
        "def test_it(custom_labels):\n"
        "    custom_labels.set_training(times=2)\n"
        "    rekognition = boto3.client('rekognition', region_name='eu-west-1')\n"
        "    assert rekognition.describe_projects()['ProjectDescriptions'] == []\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", str(tmp_path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_importing_the_plugin_imports_neither_moto_nor_boto3() -> None:
    done = python(
        "import sys; import rekog_versions.testing.plugin; "
        "print([m for m in ('moto', 'boto3', 'werkzeug', 'responses') if m in sys.modules])"
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_without_moto_the_error_names_the_extra() -> None:
    done = python(BLOCK_MOTO + "from rekog_versions.testing import mock_custom_labels")
    assert done.returncode == 1
    assert "ImportError: rekog_versions.testing needs moto, but moto is not installed" in done.stderr
    assert 'pip install "rekog_versions[testing]"' in done.stderr


def test_without_moto_the_server_names_the_extra() -> None:
    done = python(BLOCK_MOTO + "from rekog_versions.testing import server; server.main(['--port', '0'])")
    assert done.returncode == 1
    assert done.stderr.startswith("rekog_versions.testing needs moto's server, but moto is not installed")
    assert 'pip install "rekog_versions[server]"' in done.stderr
    assert "Traceback" not in done.stderr


def test_the_package_lists_its_names() -> None:
    assert {"CustomLabelsControl", "mock_custom_labels"} <= set(dir(rekog_versions.testing))
    assert callable(rekog_versions.testing.mock_custom_labels)
    with pytest.raises(AttributeError, match="attribute other"):
        getattr(rekog_versions.testing, "other")  # noqa: B009
    importlib.reload(plugin_module)


def test_only_a_missing_library_is_explained() -> None:
    own = ModuleNotFoundError("No module named 'rekog_versions.gone'", name="rekog_versions.gone")
    assert explain_missing_library(own, "testing") is None
    assert explain_missing_library(ModuleNotFoundError("unnamed"), "testing") is None
    explained = explain_missing_library(ModuleNotFoundError("No module named 'flask'", name="flask"), "server")
    assert explained is not None
    assert explained.name == "flask"
    assert str(explained) == (
        "rekog_versions.testing needs moto's server, but flask is not installed. "
        'Run: pip install "rekog_versions[server]"'
    )
