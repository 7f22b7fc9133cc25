"""The set-up takes the torch that fits the machine, and asks for rights in one line."""

import subprocess

import pytest

from install import jekyll, machine, python, runtime

WANTED = "torch==2.13.0"


@pytest.fixture
def torch_for(monkeypatch, tmp_path):
    """torch_for(gpu=what nvidia-smi answers to each query or None, offered=what pip's index lists)."""

    def make(gpu=None, offered="", platform="linux", there=False, wanted=WANTED):
        smi = tmp_path / "nvidia-smi"
        if gpu is not None:
            cases = "".join(f"*{query}*) {answer};;\n" for query, answer in gpu.items())
            smi.write_text(f'#!/bin/sh\ncase "$1" in\n{cases}*) exit 2;;\nesac\n')
            smi.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin" if gpu else str(tmp_path / "empty"))
        monkeypatch.setattr(python.sys, "platform", platform)

        def pip(*arguments, **_):
            if arguments[:2] == ("index", "versions"):
                return subprocess.CompletedProcess(arguments, 0, f"torch (9.9)\nAvailable versions: {offered}\n", "")
            return subprocess.CompletedProcess(arguments, 0 if there else 1, "", "")

        monkeypatch.setattr(python, "pip", pip)
        return python.torch_arguments(wanted)

    return make


def test_pascal_gets_the_last_build_that_serves_it(torch_for):
    source = ["--index-url", f"{python.PYTORCH}/cu126"]
    assert torch_for({"compute_cap": "echo 6.1"}) == [WANTED, *source]
    assert torch_for({"compute_cap": "echo 6.1"}, wanted="torch==2.15.0") == ["torch==2.14.*", *source]
    assert torch_for({"compute_cap": "echo 6.1"}, wanted="torch==3.1.0") == ["torch==2.14.*", *source]


def test_the_oldest_of_several_gpus_decides(torch_for):
    assert "cu126" in torch_for({"compute_cap": "printf '8.9\\n6.1\\n'"})[-1]


def test_an_old_driver_is_asked_for_the_name(torch_for):
    old = {
        "compute_cap": "echo 'Field \"compute_cap\" is not valid'; exit 2",
        "name": "echo 'NVIDIA GeForce GTX 1080 Ti'",
    }
    assert "cu126" in torch_for(old)[-1]
    assert torch_for(old | {"name": "echo 'Tesla V100'"}) == [WANTED]


def test_a_newer_gpu_gets_the_default_build(torch_for):
    assert torch_for({"compute_cap": "echo 8.6"}, offered="2.15.0, 2.13.0+cpu") == [WANTED]


def test_a_driver_without_a_gpu_is_no_gpu(torch_for):
    assert torch_for({"compute_cap": "echo 'No devices were found'; exit 6"}, offered="2.13.0+cpu") == [
        "torch==2.13.0+cpu"
    ]


def test_without_a_gpu_the_cpu_build_of_the_configured_index_comes_first(torch_for):
    assert torch_for(offered="2.15.0, 2.14.1, 2.13.0+cpu, 2.13.0") == ["torch==2.13.0+cpu"]
    assert torch_for(offered="2.15.0, 2.14.1+cpu") == [WANTED, "--index-url", f"{python.PYTORCH}/cpu"]


def test_without_a_gpu_no_cuda_build_is_ever_taken(torch_for):
    assert torch_for(offered="2.15.0, 2.14.1") == [WANTED, "--index-url", f"{python.PYTORCH}/cpu"]
    assert torch_for(offered="2.15.0", platform="darwin") == [WANTED]


def test_a_torch_that_is_there_stays(torch_for):
    assert torch_for({"compute_cap": "echo 6.1"}, there=True) == [WANTED]


def test_without_rights_the_exact_command_is_told(monkeypatch, tmp_path):
    for tool in ("apt-get", "sudo"):
        (tmp_path / tool).write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / tool).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(machine.os, "geteuid", lambda: 1000)
    with pytest.raises(machine.CannotSetUp) as refused:
        machine.apt("jekyll", "Jekyll is missing")
    command = "sudo apt-get install -y --no-install-recommends jekyll"
    assert str(refused.value) == f"Jekyll is missing; run: sudo apt-get update && {command}"


def test_without_apt_the_other_way_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(machine.CannotSetUp, match="Jekyll is missing: install Ruby and Bundler"):
        machine.apt("jekyll", "Jekyll is missing", "install Ruby and Bundler")


@pytest.fixture
def ruby(monkeypatch, tmp_path):
    """ruby(version of RubyGems, bundle install's exit code) → calls of the programs, with none of them the real one."""

    def make(version, install):
        (tmp_path / "bin").mkdir()
        root = tmp_path / "root"
        root.mkdir(exist_ok=True)
        scripts = {
            "gem": f"echo {version}",
            "bundle": 'case "$1 $2" in'
            ' "config set") mkdir -p .bundle; echo "BUNDLE_PATH: x" > .bundle/config;;'
            f' "install --quiet") mkdir -p vendor/bundle; touch vendor/bundle/half Gemfile.lock; exit {install};;'
            ' "exec jekyll") test -e installed;; esac',
            "apt-get": "touch installed",
        }
        for name, body in scripts.items():
            script = tmp_path / "bin" / name
            script.write_text(f'#!/bin/sh\necho "{name} $*" >> {tmp_path}/calls\n{body}\n')
            script.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
        monkeypatch.setattr(machine, "ROOT", root)
        monkeypatch.setattr(machine.os, "geteuid", lambda: 0)
        jekyll.jekyll()
        return (tmp_path / "calls").read_text(), root

    return make


def test_an_old_rubygems_is_seen_before_it_compiles(ruby, capsys):
    calls, root = ruby("3.3.15", 0)
    assert "bundle install" not in calls and "apt-get install" in calls
    assert "RubyGems 3.3.15 would compile for minutes and then fail" in capsys.readouterr().out


def test_an_install_that_fails_leaves_nothing_behind(ruby):
    calls, root = ruby("3.6.0", 1)
    assert "bundle install" in calls and "apt-get install" in calls
    assert [path.name for path in root.iterdir()] == ["installed"]


def test_an_install_that_fails_leaves_a_configuration_that_was_there(ruby, tmp_path):
    (tmp_path / "root/.bundle").mkdir(parents=True)
    (tmp_path / "root/.bundle/config").write_text("BUNDLE_JOBS: 2\n")
    _, root = ruby("3.6.0", 1)
    assert (root / ".bundle/config").read_text() == "BUNDLE_JOBS: 2\n"


@pytest.fixture
def walk_runtime(monkeypatch, tmp_path):
    """walk_runtime(npm): the set-up of the walk's runtime with this shell script as npm; where it puts files."""
    files = ["one/dist/a.mjs", "one/dist/a.wasm"]
    lock = tmp_path / "install/npm"
    lock.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        (lock / name).write_text("{}")
    monkeypatch.setattr(machine, "ROOT", tmp_path)
    monkeypatch.setattr(runtime, "FILES", files)

    def set_up(npm: str | None):
        tools = tmp_path / "tools"
        tools.mkdir(exist_ok=True)
        if npm is not None:
            (tools / "npm").write_text(f"#!/bin/sh\necho $@ >> {tmp_path}/asked\n{npm}\n")
            (tools / "npm").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tools}:/bin" if npm is not None else str(tools))
        runtime.runtime()
        return tmp_path / "theme/runtime"

    return set_up


BRINGS = 'd="$3/node_modules/one/dist"; mkdir -p "$d"; echo a > "$d/a.mjs"; echo b > "$d/a.wasm"'


def test_the_runtime_comes_from_npm_by_its_lock_and_only_once(walk_runtime, tmp_path):
    folder = walk_runtime(BRINGS)
    assert {path.name for path in folder.iterdir()} == {"a.mjs", "a.wasm", "setup.txt"}
    asked = (tmp_path / "asked").read_text()
    assert asked.startswith("ci ") and "--ignore-scripts" in asked
    assert not (tmp_path / ".cache/runtime").exists()
    walk_runtime("exit 1")
    assert (tmp_path / "asked").read_text() == asked, "npm is not asked again"


@pytest.mark.parametrize(("npm", "words"), [(None, "npm is missing"), ("echo no network >&2; exit 1", "no network")])
def test_without_npm_the_site_has_its_film_and_the_set_up_goes_on(walk_runtime, npm, words, capsys):
    folder = walk_runtime(npm)
    assert not folder.exists()
    assert words in capsys.readouterr().out
