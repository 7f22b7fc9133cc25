"""What the evidence says of a page is what the page shows, and what its judges looked at."""

import json
import re
import shutil
import subprocess
from types import SimpleNamespace

import pytest

from showcase import evidence, render
from showcase.claims import Claim
from showcase.evidence import Watched, section
from showcase.projects import Project, find
from showcase.records import records_of, run_of
from showcase.values import Values
from tests.pages.conftest import REPOSITORY

PAGE = """[% extends "skeleton.md.j2" %]
[% import "macros.md.j2" as m %]
[% block title %]<b>Bold</b> title[% endblock %]
[% block description %]D[% endblock %][% block img %]curve.png[% endblock %]
[% block teaser %]T[% endblock %][% block status %]S [[ claim("faster") ]][% endblock %]
[% block motivation %]M[% endblock %][% block reflections %]R[% endblock %]
[% block achievements %]
[% call m.figure("curve", parts=["runs"], title="A <i>curve</i>",
  alt="A curve that falls from left to right.") %]
It is [[ measured("runs.loss", ".1f") ]]. [[ claim("faster") ]]
[% endcall %]
[% endblock %]
[% block challenges %]
[[ m.table("count", ["a", "b"], [["x", measured("runs.count", ",d")], ["y", verdict("faster")]]) ]]
[% endblock %]
"""


def judge(values) -> str:
    assert values.names("runs.rows")
    return "holds" if values["runs.saving"]["low"] > 0 and values["runs.rows.0.score"] > 1 else "fails"


class Tiny(Project):
    study = SimpleNamespace(PARTS={"runs": SimpleNamespace(module="experiments.tiny.runs")})
    records = {"recount": (("runs.count",), ("curve",))}


@pytest.fixture
def found(scratch, monkeypatch) -> dict:
    words = {"holds": "It is <u>so</u>.", "fails": "No.", "undecided": "Open."}
    made = Claim("faster", {"en": "Is <s>it</s>?", "zh": "是吗？"}, judge, {"en": words, "zh": words})
    for module in (evidence, render):
        monkeypatch.setattr(module, "claims_of", lambda project: {"faster": made})
    entry = SimpleNamespace(name="curve", needs=("runs",), module="experiments.tiny.curve")
    for name in ("runs", "curve"):
        (scratch.root / "experiments/tiny").mkdir(parents=True, exist_ok=True)
        (scratch.root / f"experiments/tiny/{name}.py").touch()
    monkeypatch.setattr(evidence, "entries", lambda root, project: [entry])
    renders = {lang: scratch.render(PAGE, lang) for lang in ("en", "zh")}
    return section(scratch.root, Tiny("tiny"), "quick", renders)


def test_a_figure_has_its_runs_values_and_claims(found):
    (figure,) = found["figures"]
    assert figure["name"] == "curve" and figure["runs"] == ["recount", "runs"] and figure["section"] == "achievements"
    assert figure["scripts"] == ["experiments/tiny/runs.py", "experiments/tiny/curve.py"]
    assert figure["values"] == {"runs.loss": "−0.5"}
    run = found["runs"]["runs"]
    assert run["command"] == "python build_figures.py --only tiny --preset quick --force"
    assert (run["seeds"], run["seeds_told"], run["duration"], run["date"]) == (
        [0, 1, 2],
        "0–2",
        "1 min 15 s",
        "2026-01-02",
    )


def test_a_table_rests_on_the_runs_whose_values_it_shows(found):
    (table,) = found["tables"]
    assert table["title"] == {"en": "a · b", "zh": "a · b"} and table["section"] == "challenges"
    assert table["name"] == "count"
    assert table["values"] == {"runs.count": "12,345"} and table["runs"] == ["recount"]


def test_a_name_has_its_key_its_run_and_its_text(found):
    assert found["numbers"] == {
        "runs.count|,d": {"key": "runs.count", "run": "recount", "text": {"en": "12,345", "zh": "12,345"}},
        "runs.loss|.1f": {"key": "runs.loss", "run": "runs", "text": {"en": "−0.5", "zh": "−0.5"}},
    }


def test_a_claim_has_the_numbers_that_its_judge_looked_at_and_no_others(found):
    (claim,) = found["claims"]
    assert claim["verdict"] == "holds"
    assert claim["numbers"] == {"runs.saving": "0.123 [0.1, 0.15]", "runs.rows.0.score": "1.5"}


def test_to_look_at_a_tree_is_to_look_at_the_numbers_in_it(scratch):
    values = Watched(**vars(Values.load(scratch.root / "results/tiny/quick")))
    assert values["runs.rows"] and "runs.loss" in values
    assert values.numbers() == {"runs.rows.0.score": "1.5", "runs.rows.1.score": "2.5"}


@pytest.mark.parametrize("key", ("overview.lattice", "off_lattice.lattice"))
def test_a_record_of_older_networks_names_the_commit_that_has_them(key):
    project = find("video_diffusion")
    networks = records_of(project)[run_of(project, f"{key}.anything")].networks
    assert networks["version"] == "0.18"
    weights = f"{networks['commit']}:experiments/video_diffusion/checkpoints/denoiser.safetensors"
    git = ["git", "-C", str(REPOSITORY)]
    if subprocess.run([*git, "cat-file", "-e", networks["commit"]], capture_output=True).returncode:
        pytest.skip("no history here")
    assert subprocess.run([*git, "cat-file", "-e", weights]).returncode == 0


def test_what_the_present_networks_gave_names_no_other_ones():
    project = find("video_diffusion")
    for key, command in (("comparison", "compare"), ("ablation", "ablate"), ("milestones", "milestones")):
        assert run_of(project, f"overview.{key}.anything") == command and not records_of(project)[command].networks


@pytest.mark.jekyll
def test_html_in_evidence_is_shown_as_text(found, tmp_path):
    if shutil.which("bundle") is None:
        pytest.skip("Jekyll is missing. Install it: apt-get install -y --no-install-recommends jekyll")
    found["runs"]["runs"]["configuration"].append("<script>alert(1)</script>")
    found["figures"][0] |= {"scripts": ["<img src=x>.py"], "commit": "abc", "committed": "2026-01-02"}
    site = tmp_path / "site"
    for name in ("_layouts", "_includes", "_plugins", "_pages", "_data", "theme"):
        shutil.copytree(REPOSITORY / name, site / name)
    for name in ("_config.yml", "Gemfile"):
        shutil.copy(REPOSITORY / name, site / name)
    (site / "_data/evidence.json").write_text(json.dumps({"projects": {"tiny": found}}), encoding="utf-8")
    done = subprocess.run(
        ["bundle", "exec", "jekyll", "build", "-d", str(tmp_path / "www")], cwd=site, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for address, verdict in (("made", "confirmed"), ("made/zh", "成立")):
        html = (tmp_path / "www" / address / "index.html").read_text(encoding="utf-8")
        main = html.split("<main", 1)[1].split("</main>")[0]
        assert not re.search(r"<(script|img|b|i|s)\b", main)
        for words in (
            "&lt;script&gt;",
            "&lt;img src=x&gt;.py",
            "A &lt;processor&gt; &amp; co",
            "A &lt;i&gt;curve",
            "abc",
        ):
            assert words in main
        assert verdict in main and "runs.saving" in main
        assert f'href="/{address}/"' in html.split("<footer", 1)[1]
