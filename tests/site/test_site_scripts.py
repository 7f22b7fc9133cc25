"""The players' scripts obey the laws in tests/site/scripts, and the live sampler has this project's own formulas."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import torch

from experiments.pzodmc.diffusion import paper_grid, reverse_step, score
from experiments.pzodmc.discovery import discover
from experiments.pzodmc.oracle import Oracle, Potential

HERE = Path(__file__).parent
PLAY = HERE.parents[1] / "theme/play"
pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="Node is missing: apt-get install -y nodejs")


def node(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(["node", *arguments], capture_output=True, text=True, timeout=300)


def test_the_scripts_obey_their_laws():
    run = node("--test", *map(str, sorted((HERE / "scripts").glob("*.test.mjs"))))
    assert run.returncode == 0, run.stdout


def test_the_live_sampler_has_the_formulas_of_the_package():
    code = f"""import {{ timeGrid, score, reverseStep }} from "{(PLAY / "zodmc.mjs").as_uri()}";
    console.log(JSON.stringify([timeGrid(), score(0.7, -0.4, 0.9), reverseStep(0.7, -0.4, 0.9, 0.6, 1.2)]))"""
    grid, slope, step = json.loads(node("--input-type=module", "--eval", code).stdout)
    assert grid == pytest.approx(paper_grid(), rel=1e-9)
    assert slope == pytest.approx(score(0.7, -0.4, 0.9))
    assert step == pytest.approx(reverse_step(0.7, -0.4, 0.9, 0.6, 1.2))


def test_the_live_sampler_finds_couplings_as_the_package_does():
    points = [[0.3, -1.2], [1.5, 0.4]]
    code = f"""import {{ mixedDifference }} from "{(PLAY / "discovery.mjs").as_uri()}";
    const energy = ([x, y]) => x ** 4 - y + 0.2 * x * y * y;
    const {{ gap, bound }} = mixedDifference(energy, ...{json.dumps(points)});
    console.log(gap / bound)"""

    def energy(z):
        return z[:, 0] ** 4 - z[:, 1] + 0.2 * z[:, 0] * z[:, 1] ** 2

    graph = discover(Oracle(Potential(energy, 2)), torch.tensor(points, dtype=torch.float64))
    assert json.loads(node("--input-type=module", "--eval", code).stdout) == pytest.approx(float(graph.strength[0, 1]))


def test_no_script_needs_what_a_content_security_policy_forbids():
    for script in [*PLAY.glob("*.mjs"), *PLAY.parent.glob("walk/*.*js"), *PLAY.parent.glob("*.js")]:
        text = script.read_text(encoding="utf-8")
        assert not [word for word in ("eval(", "new Function", "innerHTML", "document.write") if word in text], (
            script.name
        )
        assert len(text.splitlines()) <= 150, script.name
