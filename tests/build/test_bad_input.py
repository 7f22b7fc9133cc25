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
        (["--preset", "fast"], "--preset: invalid choice: 'fast' (choose from "),
        (["--only", "gamma"], "--only: invalid choice: 'gamma' (choose from "),
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
    assert "beta.en.md.j2: missing" in refused(tree)
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


def test_a_result_edited_by_hand_is_neither_shown_nor_overwritten(tree):
    tree.edit("results/alpha/standard/draws.json", '"mean": ', '"mean": 1')
    for arguments in ((), ("--only", "pages"), ("--only", "alpha")):
        words = refused(tree, *arguments)
        assert "results/alpha/standard/draws.json: digest mismatch: the file was changed after its run" in words
        assert "python build_figures.py --force --only alpha" in words
    assert tree.build("--force", "--only", "alpha").done >= {"alpha study draws", "alpha page en"}


def test_a_page_with_broken_front_matter_is_left_alone(tree):
    tree.edit("_projects/alpha.en.md", "title: alpha", "title: [alpha")
    tree.edit("showcase/templates/alpha.en.md.j2", "second", "third")
    assert "_projects/alpha.en.md: front matter is not valid YAML, line" in refused(tree)
    assert "wrong: _projects/alpha.en.md:1: front matter is not valid YAML" in tree.build("--check", code=1).out


WORDS = "small: {judge: 'at_most(\"draws.meen\", 0)', question: {en: Is it}, en: {VERDICTS}}"
WORDS = WORDS.replace("VERDICTS", "holds: 'Yes.', fails: 'No.', undecided: 'Open.'")


def test_a_claim_on_a_result_that_does_not_exist_names_itself_and_what_is_there(tree):
    (tree.root / "showcase/templates/alpha.claims.j2").write_text(WORDS)
    tree.edit("showcase/templates/alpha.en.md.j2", "A second sentence", "[[ claim('small') ]] A second sentence")
    words = refused(tree, "--only", "pages")
    assert "alpha.claims.j2 (small): value 'draws.meen' of alpha/standard: no such value; nearest: draws.mean" in words


def test_a_unit_that_the_file_of_names_has_otherwise_is_told_by_check_and_by_the_build(tree):
    names = tree.root / "showcase/values/alpha.yaml"
    names.parent.mkdir(parents=True, exist_ok=True)
    names.write_text('draws.middle: {key: draws.mean, format: .2f, unit: " s"}\n')
    tree.edit("showcase/templates/alpha.en.md.j2", '"draws.mean", ".2f"', '"draws.mean", ".2f", unit=" MB"')
    told = "'draws.mean' has the unit 's' in showcase/values/alpha.yaml, not 'MB'"
    assert told in refused(tree, "--only", "pages")
    assert f"wrong: showcase/templates/alpha.en.md.j2:1: {told}" in tree.build("--check", code=1).out
    tree.edit("showcase/templates/alpha.en.md.j2", " MB", " s")
    assert told not in tree.build("--check", code=1).out


def test_check_fails_for_a_wrong_path_and_fix_mends_it(tree):
    page = tree.root / "_projects/alpha.en.md"
    before = page.read_bytes()
    page.write_bytes(before + b"\n![A curve](../assets/img/alpha/track.png) It took 12.5 s.\n")
    out = tree.build("--check", code=1).out
    assert "wrong: _projects/alpha.en.md:" in out and "`python build_figures.py --fix` mends 1" in out
    out = tree.build("--fix").out
    assert (
        "mended: _projects/alpha.en.md:" in out and "0 wrong, 1 advice" in out and "advice: _projects/alpha.en" in out
    )
    assert page.read_bytes() == before + b"\n![A curve](/assets/img/alpha/track.png) It took 12.5 s.\n"
    assert "--fix goes with --check alone" in refused(tree, "--fix", "--list")
