"""What is in the wheel, and what imports what: as users have it, who have no stubs, no moto and no tests."""

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
EXTRAS = {
    "testing": {"moto", "pillow"},
    "cli": {"pyyaml", "rich", "typer"},
    "images": {"pillow"},
    "plots": {"matplotlib"},
    "all": {"matplotlib", "moto", "pillow", "pyyaml", "rich", "typer"},
}


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
    (made,) = target.iterdir()
    return made


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
    return subprocess.run([str(python), "-I", "-c", code], capture_output=True, text=True, check=False)


def _required(metadata: Message, extra: str = "") -> set[str]:
    requirements = [Requirement(line) for line in metadata.get_all("Requires-Dist") or []]
    core = {requirement.name for requirement in requirements if requirement.marker is None}
    of_extra = {
        requirement.name
        for requirement in requirements
        if requirement.marker is not None and requirement.marker.evaluate({"extra": extra})
    }
    return of_extra if extra else core


# -- the wheel ---------------------------------------------------------------------------------------------------------


def test_the_wheel_holds_the_package_and_nothing_else(names: set[str]) -> None:
    modules = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "rekog_versions").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert "rekog_versions/py.typed" in modules
    assert {name for name in names if ".dist-info/" not in name} == modules


def test_the_wheel_holds_the_license(wheel: Path, names: set[str], metadata: Message) -> None:
    assert _in_dist_info(wheel, names, "licenses/LICENSE") == (ROOT / "LICENSE").read_text()
    assert metadata["License-Expression"] == "Apache-2.0"


def test_the_metadata_names_the_version_that_the_package_names(wheel: Path, metadata: Message) -> None:
    assert metadata["Name"].replace("-", "_") == "rekog_versions"
    assert metadata["Version"] == rekog_versions.__version__
    assert wheel.name == f"rekog_versions-{rekog_versions.__version__}-py3-none-any.whl"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["Summary"]
    assert metadata.get_payload()  # the README


def test_the_core_needs_five_libraries(metadata: Message) -> None:
    assert _required(metadata) == {"boto3", "botocore", "msgspec", "pydantic", "tenacity"}


def test_everything_else_is_an_extra(metadata: Message) -> None:
    assert set(metadata.get_all("Provides-Extra") or []) == set(EXTRAS)
    for extra, projects in EXTRAS.items():
        assert _required(metadata, extra) == projects


def test_the_pytest_plugin_is_registered(wheel: Path, names: set[str]) -> None:
    lines = _in_dist_info(wheel, names, "entry_points.txt").split("\n\n")[0].splitlines()
    assert lines == ["[pytest11]", "rekog_versions = rekog_versions.testing.plugin"]
    (installed,) = entry_points(group="pytest11", name="rekog_versions")
    assert installed == EntryPoint("rekog_versions", "rekog_versions.testing.plugin", "pytest11")


# -- what imports what -------------------------------------------------------------------------------------------------

needs_bare = pytest.mark.skipif(
    not BARE.exists(), reason=f"there is no {BARE}: `make test` makes it, an environment with the core and nothing else"
)


@needs_bare
def test_every_public_name_is_there_with_the_core_alone() -> None:
    done = _run(
        BARE,
        "import rekog_versions as package\n"
        "for name in package.__all__: getattr(package, name)\n"
        "print(len(package.__all__))",
    )
    assert done.stdout.split() == [str(len(rekog_versions.__all__))], done.stderr


@needs_bare
def test_the_emulated_service_says_what_to_install() -> None:
    done = _run(BARE, "import rekog_versions.testing\nrekog_versions.testing.mock_custom_labels")
    assert 'pip install "rekog_versions[testing]"' in done.stderr
    assert _run(BARE, "import rekog_versions.testing").stderr == ""


def _imported(code: str) -> set[str]:
    done = _run(sys.executable, f"{code}\nimport sys\nprint('\\n'.join(sys.modules))")
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_package_alone_imports_nothing() -> None:
    imported = _imported("import rekog_versions")
    assert not imported & {"boto3", "botocore", "msgspec", "pydantic", "tenacity", "asyncio", "moto"}
    assert {name for name in imported if name.startswith("rekog_versions")} == {"rekog_versions"}


def test_all_public_names_import_no_heavy_part_of_botocore() -> None:
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


def test_the_pytest_plugin_imports_no_moto() -> None:
    imported = _imported("import rekog_versions.testing.plugin")
    assert "rekog_versions.testing.plugin" in imported
    assert not imported & {"moto", "boto3", "botocore", "msgspec", "pydantic", "rekog_versions.testing.backend"}


@needs_bare
def test_the_bare_environment_is_bare() -> None:
    found = _run(
        BARE,
        "from importlib.util import find_spec\n"
        "print([name for name in ('moto', 'pytest', 'types_boto3', 'PIL') if find_spec(name)])",
    )
    assert found.stdout.strip() == "[]", "it has more than the core: what passes there proves nothing"
