"""The lock of the Python packages fits pyproject.toml, pins all of them by digest, and says where it does not."""

import re
import subprocess
from importlib.metadata import version

import pytest
from packaging.requirements import Requirement

from install import machine, pins, python

BLOCK = re.compile(
    r"^(?P<name>[a-z][\w.-]*)==(?P<version>\S+)(?P<marker>.*?)(?P<hashes>(?: \\\n +--hash=sha256:\w{64})*)$", re.M
)


def blocks(name: str) -> dict[str, re.Match]:
    return {found["name"]: found for found in BLOCK.finditer(pins.locked(name).read_text(encoding="utf-8"))}


def test_every_package_has_one_version_and_digests():
    locked = [*blocks("site").values(), *blocks("test").values()]
    assert len({each["name"] for each in locked}) == len(locked)
    assert all(each["hashes"] for each in locked)
    lines = [line for name in ("site", "test") for line in pins.locked(name).read_text(encoding="utf-8").splitlines()]
    assert len(locked) == sum("==" in line for line in lines), "a line that this test cannot read"


def test_what_pyproject_asks_for_is_locked_in_a_version_that_it_allows():
    for name, lines in pins.wanted().items():
        known = blocks("site") | (blocks("test") if name == "test" else {})
        for asked in map(Requirement, lines):
            found = pins.torch().partition("==")[2] if asked.name == "torch" else known[asked.name]["version"]
            assert found in asked.specifier, asked


def test_torch_and_what_comes_with_its_builds_are_apart():
    assert not any(pins.WITH_TORCH.match(f"{name}==") for name in blocks("site"))
    assert re.fullmatch(r"torch==\d+\.\d+\.\d+", pins.torch())


def test_a_build_with_other_packages_than_the_locked_ones_is_told_of(monkeypatch):
    monkeypatch.setattr(pins.metadata, "version", lambda package: f"{pins.version(package)}+cpu")
    assert not pins.unlike_here()
    monkeypatch.setattr(
        pins.metadata, "version", lambda package: "0.1" if package == "pillow" else pins.version(package)
    )
    assert pins.unlike_here() == [f"pillow 0.1 (locked: {pins.version('pillow')})"]


@pytest.fixture
def elsewhere(monkeypatch, tmp_path):
    """A root with a pyproject.toml of one package and a lock made for it."""
    (tmp_path / "requirements").mkdir()
    write = (tmp_path / "pyproject.toml").write_text
    lists = 'dependencies = ["{}"]\n[project.optional-dependencies]\nsite = []\ntest = []\n'
    project = "[project]\n" + lists
    write(project.format("rich>=13"))
    monkeypatch.setattr(machine, "ROOT", tmp_path)
    (tmp_path / "requirements/site.txt").write_text(pins._stamp(["rich>=13"]) + "\n")
    return lambda asked: write(project.format(asked))


def test_a_lock_for_other_packages_is_named_with_its_cure(elsewhere):
    assert pins.locked("site").name == "site.txt"
    elsewhere("rich>=14")
    with pytest.raises(machine.CannotSetUp, match=r"requirements/site.txt does not fit .* run: make lock$"):
        pins.locked("site")
    elsewhere("rich>=13")
    assert pins.locked("site")
    with pytest.raises(machine.CannotSetUp, match="requirements/test.txt does not fit"):
        pins.locked("test")


def test_the_lock_is_installed_by_its_digests_and_only_once(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(python, "PYTHON", tmp_path / "python")
    monkeypatch.setattr(python, "STAMP", tmp_path / "setup.json")
    monkeypatch.setattr(python, "make_venv", (tmp_path / "python").touch)
    monkeypatch.setattr(python, "pip", lambda *words: asked.append(words))
    monkeypatch.setattr(python, "torch_arguments", lambda wanted: [wanted, "--here"])
    monkeypatch.setattr(python, "installed", lambda package: "of some kind")
    files = [f"--requirement={pins.locked(name)}" for name in ("site", "test")]
    expected = [("install", "--require-hashes", files[0]), ("install", pins.torch(), "--here")]
    for _ in range(2):
        python.python(test=False)
        assert asked == expected
    python.python(test=True)
    assert asked[2:] == [("install", "--require-hashes", *files), expected[1]]


def test_a_digest_that_does_not_fit_is_told_in_one_line(tmp_path):
    """pip itself, on a package made here: no network."""
    wheel = tmp_path / "tiny-1-py3-none-any.whl"
    wheel.write_bytes(b"not what was locked")
    asked = tmp_path / "asked.txt"
    asked.write_text(f"tiny==1 --hash=sha256:{'0' * 64}\n")
    command = ["pip", "install", "--no-index", f"--find-links={tmp_path}", "--require-hashes", "-r", str(asked)]
    done = subprocess.run([python.sys.executable, "-m", *command], capture_output=True, text=True)
    assert done.returncode != 0
    assert python.trouble(done.stderr).startswith("tiny==1 is not the file that requirements/ locks: try again")


def test_a_missing_network_is_told_in_one_line(tmp_path):
    command = ["pip", "install", "--no-index", "a-package-that-is-nowhere==1"]
    done = subprocess.run([python.sys.executable, "-m", *command], capture_output=True, text=True)
    assert python.trouble(done.stderr).startswith("the packages cannot be fetched: connect to a network")


def test_what_is_installed_is_what_is_locked():
    """In the environment of `make test`; another one may be newer, and the build says so."""
    if not python.STAMP.exists() or python.sys.prefix != str(python.VENV):
        pytest.skip("not in the environment that `make setup` made")
    odd = {
        name: version(name)
        for name, each in blocks("site").items()
        if not each["marker"] and version(name) != each["version"]
    }
    assert not odd
