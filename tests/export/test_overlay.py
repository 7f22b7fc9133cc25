"""An export brings exactly the overlay, and a second one finds nothing to do."""

OVERLAY = {
    "_projects/walks.en.md",
    "_projects/walks.zh.md",
    "assets/img/walks/still.png",
    "assets/img/walks/walk.mp4",
    "assets/video/walks/long.mp4",
}


def test_exactly_pages_pictures_and_films_are_copied(pair):
    for path in ("README.md", "results/walks/a.json", "assets/img/other/a.png", "assets/img/walks/unseen.gif"):
        pair.put(pair.root, path, "not for export")
    pair.put(pair.root, "assets/img/walks/.half", "a temporary file")
    before = pair.files()
    assert pair.export() == 0
    after = pair.files()
    assert {path for path in set(after) - set(before) if not path.startswith(".showcase/")} == OVERLAY
    assert all((pair.root / path).read_bytes() == after[path][0] for path in OVERLAY if path.startswith("assets"))
    assert all(after[path] == before[path] for path in before)


def test_a_second_export_writes_nothing(pair, capsys):
    pair.export()
    before = pair.files()
    capsys.readouterr()
    assert pair.export() == 0
    assert pair.files() == before
    assert capsys.readouterr().out == f"{pair.site}: 5 unchanged.\n"


def test_a_trial_tells_the_same_and_writes_nothing(pair, capsys):
    before = pair.files()
    pair.export("--dry-run")
    assert pair.files() == before
    told = capsys.readouterr().out.splitlines()
    pair.export()
    assert capsys.readouterr().out.splitlines()[:-1] == told[:-1]
    assert {line.split()[1] for line in told[:-2]} == OVERLAY


def test_the_theme_as_a_gem_is_an_al_folio_site_too(pair):
    (pair.site / "_includes/figure.liquid").unlink()
    pair.put(pair.site, "Gemfile", 'gem "al_folio_core"\n')
    assert pair.export() == 0
