"""The wheel's content and metadata, and which libraries an import loads."""

import subprocess
import sys
from email.message import Message
from email.parser import Parser
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

import rekog_versions

ROOT = Path(__file__).parent.parent
BARE = Path(sys.prefix) / "without-stubs" / "bin" / "python"
AREAS = sorted(path.parent.name for path in (ROOT / "rekog_versions").glob("[a-z]*/__init__.pyi"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dist")
    built = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = target.iterdir()
    return path


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


def _in_dist_info(wheel: Path, names: set[str], end: str) -> str:
    (name,) = (name for name in names if name.endswith(f".dist-info/{end}"))
    with ZipFile(wheel) as archive:
        return archive.read(name).decode()


@pytest.fixture(scope="module")
def metadata(wheel: Path, names: set[str]) -> Message:
    return Parser().parsestr(_in_dist_info(wheel, names, "METADATA"))


def _run(python: Path | str, code: str) -> subprocess.CompletedProcess[str]:
    # "-c" puts the current folder first on sys.path, so this copy of the package is the one that is imported
    return subprocess.run([str(python), "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_wheel_contains_the_package_and_nothing_else(names: set[str]) -> None:
    modules = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "rekog_versions").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert {"rekog_versions/py.typed", "rekog_versions/__init__.pyi"} <= modules
    assert {name for name in names if ".dist-info/" not in name} == modules


def test_the_wheel_contains_the_license(wheel: Path, names: set[str], metadata: Message) -> None:
    assert _in_dist_info(wheel, names, "licenses/LICENSE") == (ROOT / "LICENSE").read_text()
    assert metadata["License-Expression"] == "Apache-2.0"


def test_the_metadata_has_the_version_of_the_package(wheel: Path, metadata: Message) -> None:
    assert metadata["Name"].replace("-", "_") == "rekog_versions"
    assert metadata["Version"] == rekog_versions.__version__
    assert wheel.name == f"rekog_versions-{rekog_versions.__version__}-py3-none-any.whl"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["Summary"]
    assert metadata.get_payload()  # the README


def test_the_extra_all_contains_every_other_extra(metadata: Message) -> None:
    requirements = [Requirement(line) for line in metadata.get_all("Requires-Dist") or []]

    def required(extra: str) -> set[str]:
        return {
            requirement.name
            for requirement in requirements
            if requirement.marker is not None and requirement.marker.evaluate({"extra": extra})
        }

    extras = set(metadata.get_all("Provides-Extra") or [])
    assert extras > {"all"}
    assert required("all") == set().union(*(required(extra) for extra in extras - {"all"}))


def test_the_pytest_plugin_is_registered(wheel: Path, names: set[str]) -> None:
    sections = _in_dist_info(wheel, names, "entry_points.txt").strip().split("\n\n")
    assert "[pytest11]\nrekog_versions = rekog_versions.testing.plugin" in sections
    (installed,) = entry_points(group="pytest11", name="rekog_versions")
    assert installed == EntryPoint("rekog_versions", "rekog_versions.testing.plugin", "pytest11")


def _imported(code: str) -> set[str]:
    done = _run(sys.executable, f"{code}\nimport sys\nprint('\\n'.join(sys.modules))")
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_importing_the_package_imports_no_library_but_lazy_loader() -> None:
    imported = _imported("import rekog_versions")
    assert not imported & {"boto3", "botocore", "msgspec", "pydantic", "tenacity", "asyncio", "moto"}
    assert {name for name in imported if name.startswith("rekog_versions")} == {"rekog_versions"}


def test_running_a_model_does_not_import_the_detection_in_bulk() -> None:
    imported = _imported("from rekog_versions.hosting import running, running_models, stop_all")
    assert "rekog_versions.hosting.functions" in imported
    assert not imported & {
        "sqlite3",
        "rekog_versions.hosting.bulk.journal",
        "rekog_versions.manifests.convert.assembly",
    }


def test_the_names_of_the_root_do_not_import_the_heavy_parts_of_botocore() -> None:
    imported = _imported("from rekog_versions import *")
    assert "rekog_versions.client" in imported
    assert not imported & {
        "boto3",
        "botocore.client",
        "botocore.parsers",
        "botocore.session",
        "botocore.loaders",
        "tenacity",
        "urllib3",
        "moto",
        "pytest",
        "rich",
        "matplotlib",
    }


@pytest.mark.parametrize("area", ["evaluation", "manifests"])
def test_areas_that_need_no_client_do_not_import_it(area: str) -> None:
    assert "rekog_versions.client" not in _imported(f"import rekog_versions.{area}")


def test_the_pytest_plugin_does_not_import_moto() -> None:
    imported = _imported("import rekog_versions.testing.plugin")
    assert "rekog_versions.testing.plugin" in imported
    assert not imported & {"moto", "boto3", "botocore", "msgspec", "pydantic", "rekog_versions.testing.backend"}


RACE = """
import importlib, os, sys, threading
import boto3, botocore.exceptions, msgspec, pydantic, tenacity, typing  # their own imports are not tested here

start = threading.Barrier(len(sys.argv) - 1)
failures = []

def load(name):
    start.wait()
    try:
        module = importlib.import_module(name)
        for exported in getattr(module, "__all__", ()):
            getattr(module, exported)
    except BaseException as error:
        failures.append(f"{name}: {type(error).__name__}: {error}")

threads = [threading.Thread(target=load, args=[name]) for name in sys.argv[1:]]
sys.setswitchinterval(1e-6)
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(60)
    if thread.is_alive():
        failures.append("deadlock")
print("\\n".join(failures))
sys.stdout.flush()
os._exit(1 if failures else 0)
"""


@pytest.mark.slow
@pytest.mark.parametrize("attempt", range(10))
def test_threads_that_import_areas_and_submodules_at_once_do_not_disturb_each_other(attempt: int) -> None:
    """CPython 3.11 can raise a deadlock error when a package and its submodules import each other in two threads."""
    package = ROOT / "rekog_versions"
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for area in AREAS
        if area != "testing"
        for path in sorted((package / area).rglob("*.py"))
    ]
    some = [f"rekog_versions.{area}" for area in AREAS if area != "testing"] + modules[attempt::10] + ["rekog_versions"]
    command = [sys.executable, "-c", RACE, *(some if attempt % 2 else reversed(some))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, cwd=ROOT)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")


needs_bare = pytest.mark.skipif(
    not BARE.exists(), reason=f"{BARE} does not exist. Run `make test-slow`, which creates that environment."
)


@needs_bare
@pytest.mark.slow
def test_the_environment_without_extras_has_none_of_their_libraries() -> None:
    found = _run(
        BARE,
        "from importlib.util import find_spec\n"
        "print([name for name in ('moto', 'pytest', 'types_boto3', 'PIL') if find_spec(name)])",
    )
    assert found.stdout.strip() == "[]", "the tests below prove nothing in this environment"


@needs_bare
@pytest.mark.slow
@pytest.mark.parametrize("area", ["", *(f".{area}" for area in AREAS if area != "testing")])
def test_every_public_name_is_available_without_extras(area: str) -> None:
    done = _run(
        BARE,
        f"import rekog_versions{area} as package\nfor name in package.__all__: getattr(package, name)",
    )
    assert (done.returncode, done.stderr) == (0, "")


@needs_bare
@pytest.mark.slow
def test_the_emulated_service_reports_the_extra_that_is_missing() -> None:
    done = _run(BARE, "import rekog_versions.testing\nrekog_versions.testing.mock_custom_labels")
    assert 'pip install "rekog_versions[testing]"' in done.stderr
    assert _run(BARE, "import rekog_versions.testing").stderr == ""
