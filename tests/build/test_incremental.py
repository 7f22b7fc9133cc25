"""Each kind of change reruns exactly what rests on it."""

import json
import re
import shutil

import pytest

PAGES = {"alpha page en", "alpha page zh", "beta page en", "beta page zh"}
SIZES, EVIDENCE = "data figures", "data evidence"
ALL = {"alpha study draws", "alpha study walk", "beta study replay", SIZES, EVIDENCE, *PAGES} | {
    "alpha figure histogram",
    "alpha figure track",
    "beta figure moving",
}


def test_first_build_makes_everything_and_a_copy_elsewhere_is_up_to_date(built, tree):
    assert built.first.done == ALL
    run = tree.build()
    assert not run.done and not tree.runs()
    assert "Everything is up to date" in run.out
    assert "  alpha: 2 studies, 2 figures, 2 pages\n  beta: 1 studies, 1 figures, 2 pages\n" in run.out
    assert "up to date" in tree.build("--check").out


def test_comments_docstrings_and_layout_make_nothing_stale(tree):
    tree.edit("experiments/alpha/sampler.py", '"""n draws."""', "# A word to the reader.")
    tree.edit("experiments/alpha/sampler.py", "normal(size=n)", "normal(\n        size=n,  # one each\n    )")
    tree.edit("experiments/alpha/drawings/track.py", '"""The walk over time."""', '"""The walk."""')
    tree.edit("showcase/tasks/studies.py", '"""Run one part under one preset and save its result."""', "")
    assert not tree.due()


def test_each_change_is_due_for_exactly_what_rests_on_it(tree):
    def after(path, old, new):
        text = (tree.root / path).read_bytes()
        tree.edit(path, old, new)
        due = set(tree.due())
        (tree.root / path).write_bytes(text)
        return due

    pages = {"alpha page en", "alpha page zh", EVIDENCE}
    draws = {"alpha study draws", "alpha figure histogram", SIZES, *pages}
    assert after("experiments/alpha/sampler.py", "normal", "uniform") == draws
    assert after("experiments/alpha/presets.yaml", "n: 100}", "n: 101}") == draws
    assert not after("experiments/alpha/presets.yaml", "n: 1000}", "n: 1001}")
    assert after("experiments/alpha/drawings/track.py", "plot(", "step(range(50), ") == {
        "alpha figure track",
        SIZES,
    }
    figures = {"alpha figure histogram", "alpha figure track", "beta figure moving", SIZES}
    assert after("showcase/style.mplstyle", "lines.linewidth: 2", "lines.linewidth: 3") == figures
    assert after("showcase/templates/alpha.zh.md.j2", "second", "third") == {"alpha page zh", EVIDENCE}
    merge = ("showcase/merge.py", "from typing import NamedTuple", "from typing import Any, NamedTuple")
    assert after(*merge) == {*PAGES, EVIDENCE}


def test_a_changed_template_rewrites_its_page_and_runs_no_study(tree):
    tree.edit("showcase/templates/alpha.en.md.j2", "second", "third")
    before = tree.files()
    assert tree.build().done == {"alpha page en", EVIDENCE}
    assert not tree.runs()
    changed = {path for path, content in tree.files().items() if content != before.get(path)}
    assert changed == {"_projects/alpha.en.md", "showcase/renders/alpha.en.md"}
    assert not tree.build().done


def test_a_changed_sampler_reruns_its_part_alone(tree):
    tree.edit("experiments/alpha/sampler.py", "normal", "uniform")
    done = tree.build().done
    assert tree.runs() == ["draws standard"]
    assert done == {
        "alpha study draws",
        "alpha figure histogram",
        "alpha page en",
        "alpha page zh",
        SIZES,
        EVIDENCE,
    }


def test_damaged_and_deleted_products_are_made_again(tree):
    picture, arrays = tree.root / "assets/img/alpha/histogram.png", tree.root / "results/alpha/standard/walk.npz"
    before = tree.files()
    picture.write_bytes(picture.read_bytes()[:-1] + b"!")
    (tree.root / "assets/img/alpha/track.png").unlink()
    arrays.write_bytes(b"")
    (tree.root / "_projects/beta.zh.md").unlink()
    due = tree.build("--check", code=1).out
    for what in ("histogram.png was changed after it was made", "track.png is missing", "beta.zh.md is missing"):
        assert what in due
    tree.build()
    assert tree.runs() == ["walk standard"]
    after = tree.files()
    # The new result has a new date, which its pages show; all else is as it was, to the byte.
    dated = {"results/alpha/standard/walk.json", "_data/evidence.json"} | {
        path for path in before if "alpha." in path and path.endswith(".md")
    }
    assert {path for path in before if before[path] != after[path]} <= dated
    assert before.keys() == after.keys()


def test_an_edited_page_is_not_stale_and_keeps_its_edit_in_the_next_rebuild(tree):
    tree.edit("_projects/alpha.en.md", "A second sentence stands here.", "My own sentence.")
    assert not tree.due()
    tree.edit("showcase/templates/alpha.en.md.j2", "Measured with preset", "Measured under preset")
    tree.edit("showcase/templates/alpha.en.md.j2", "A second sentence stands here.", "A newer sentence stands here.")
    out = tree.build().out
    text = (tree.root / "_projects/alpha.en.md").read_text(encoding="utf-8")
    assert "My own sentence." in text and "Measured under preset" in text
    assert "A newer sentence stands here." in out and "A newer sentence" not in text


def test_presets_keep_their_results_apart_and_pages_show_the_one_asked_for(tree):
    standard = {path: content for path, content in tree.files().items() if "/standard/" in path}
    page = (tree.root / "_projects/alpha.en.md").read_text(encoding="utf-8")
    out = tree.build("--preset", "quick").out
    assert sorted(tree.runs()) == ["draws quick", "replay quick", "walk quick"]
    now = tree.files()
    assert standard.items() <= now.items()
    assert json.loads(now["results/alpha/quick/draws.json"])["config"]["n"] == 10
    assert "preset quick" in now["_projects/alpha.en.md"].decode() and "quick preset" in out
    assert not tree.build("--preset", "quick").done
    tree.build()
    assert not tree.runs(), "the standard results were still there"
    assert (tree.root / "_projects/alpha.en.md").read_text(encoding="utf-8") == page


def test_only_limits_the_work_and_force_repeats_it(tree):
    pages = {"beta page en", "beta page zh"}
    assert set(tree.due("--only", "beta", "--force")) == {
        "beta study replay",
        "beta figure moving",
        SIZES,
        EVIDENCE,
        *pages,
    }
    assert tree.build("--only", "pages", "--force").done == {*PAGES, EVIDENCE}
    assert not tree.runs()


def test_nothing_to_do_imports_neither_torch_nor_matplotlib(tree):
    tree.build()
    (tree.root / "sitecustomize.py").write_text(
        "import atexit, sys\n"
        "heavy = {'torch', 'matplotlib', 'scipy', 'cv2', 'pytask'}\n"
        "atexit.register(lambda: print(sorted(heavy & set(sys.modules)), file=sys.stderr))\n"
    )
    assert tree.build(PYTHONPATH=str(tree.root)).err.strip() == "[]"


def test_list_names_every_step_and_its_state(tree):
    (tree.root / "assets/img/alpha/track.png").unlink()
    states = dict(line.rsplit("  ", 1) for line in tree.build("--list").out.splitlines())
    states = {name.strip(): state for name, state in states.items()}
    assert states.keys() == ALL
    # The pages that show the picture wait for it.
    due = {"alpha figure track", SIZES, EVIDENCE, "alpha page en", "alpha page zh"}
    assert {name for name, state in states.items() if state == "to be made"} == due


@pytest.mark.parametrize("longest", ["draws", "walk"])
def test_the_study_that_took_longest_last_time_begins_first(tree, longest):
    """Its time is that of this machine where it ran here, else the one in its result."""
    begun = []
    for _ in range(3):  # the order of equal steps is left to chance
        for path in tree.root.glob("results/alpha/*/*.json"):
            text, seconds = path.read_text(encoding="utf-8"), 99.0 if path.stem == longest else 0.1
            path.write_text(re.sub(r'"seconds": [\d.e-]+', f'"seconds": {seconds}', text), encoding="utf-8")
        shutil.rmtree(tree.root / ".cache", ignore_errors=True)
        tree.build("--force")
        begun.append(tree.runs()[0])
    assert all(longest in name for name in begun), begun
