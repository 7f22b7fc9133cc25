"""Bad input: one clear line on stderr, exit code 2, and nothing written."""

import pytest


def refused(tree, *arguments) -> str:
    before = tree.files()
    run = tree.build(*arguments, code=2)
    assert len(run.err.strip().splitlines()) == 1 and "Traceback" not in run.out
    assert tree.files() == before
    return run.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--preset", "fast"], "unknown preset 'fast' (known: quick, standard, paper)"),
        (["--only", "gamma"], "unknown project 'gamma' (known: alpha, beta, pages)"),
        (["--jobs", "0"], "--jobs 0: give a whole number"),
        (["--frobnicate"], "--frobnicate"),
    ],
)
def test_command_line(built, arguments, words):
    assert words in refused(built, *arguments)


def test_settings(tree):
    path = tree.root / "experiments/alpha/presets.yaml"
    good = path.read_text()
    path.write_text(good.replace("{n: 100}", "{n: 100"))
    assert "presets.yaml: not valid YAML at line" in refused(tree)
    path.write_text(good.replace("{n: 100}", "{m: 100}"))
    assert "standard: draws: unknown key 'm' (known: n, fail)" in refused(tree)
    path.write_text(good.replace("walk:", "stroll:"))
    assert "unknown part 'stroll' (known: draws, walk)" in refused(tree)


def test_checkpoint(tree):
    model = tree.root / "experiments/beta/model.bin"
    model.write_bytes(b"no")
    assert "model.bin: corrupt; `python -m experiments.beta train` makes a new one" in refused(tree)
    model.unlink()
    assert "experiments/beta/model.bin: missing" in (words := refused(tree)) and "experiments.beta train" in words


def test_code_templates_and_lock(tree):
    template = tree.root / "showcase/templates/beta.en.md.j2"
    text = template.read_text()
    template.unlink()
    assert "beta.en.md.j2: missing template" in refused(tree)
    template.write_text(text)
    tree.edit("experiments/alpha/drawings/track.py", "return figure", "return (figure")
    assert "track.py:9: not valid Python" in refused(tree)
    tree.edit("experiments/alpha/drawings/track.py", "return (figure", "return figure")
    lock = tree.root / "pytask.lock"
    lock.write_text("<<<<<<< HEAD\n" + lock.read_text())
    assert "pytask.lock: broken" in refused(tree)


def test_pages_without_results_name_the_command_that_makes_them(tree):
    (tree.root / "results/alpha/standard/draws.json").unlink()
    assert "python build_figures.py --only alpha" in refused(tree, "--only", "pages")


def test_a_page_that_is_no_text_is_left_alone(tree):
    page = tree.root / "_projects/alpha.en.md"
    page.write_bytes(b"---\nlayout: page\n---\n\xff\xfe")
    tree.edit("showcase/templates/alpha.en.md.j2", "second", "third")
    assert "_projects/alpha.en.md: not UTF-8" in refused(tree)
