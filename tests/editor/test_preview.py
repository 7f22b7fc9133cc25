"""The editor's preview extension, tried by Node with the renderer that Visual Studio Code uses."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
DEBIAN = "/usr/share/nodejs"  # where the package node-markdown-it puts its modules


@pytest.fixture(scope="session")
def node() -> list[str]:
    """The command that runs a test file; markdown-it is installed where it is missing."""
    if shutil.which("node") is None:
        pytest.skip("Node is missing. Install it: apt-get install -y nodejs node-markdown-it")
    os.environ.setdefault("NODE_PATH", DEBIAN)
    there = subprocess.run(["node", "-e", "require('markdown-it')"], cwd=HERE, capture_output=True)
    if there.returncode:
        npm = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(npm, cwd=HERE, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"`npm ci` in tests/editor failed:\n{done.stderr}"
    return ["node", "--test", "--test-reporter=tap"]


@pytest.mark.parametrize("file", sorted(path.name for path in HERE.glob("*.test.cjs")))
def test_with_node(node, file):
    run = subprocess.run([*node, file], cwd=HERE, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0 and "\n# pass 0\n" not in run.stdout, run.stdout
