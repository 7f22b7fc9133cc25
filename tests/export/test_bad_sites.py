"""What can be wrong with the site: one clear line, exit code 2, nothing written."""

import os

import pytest


def refused(pair, capsys, site=None) -> str:
    from showcase.build import main

    before = pair.files()
    assert main(pair.root, ["export", "--to", str(site or pair.site)]) == 2
    out, err = capsys.readouterr()
    assert pair.files() == before and not out and len(err.splitlines()) == 1
    return err


def test_not_a_site(pair, capsys, tmp_path):
    assert "no such folder" in refused(pair, capsys, tmp_path / "nowhere")
    assert "no such folder" in refused(pair, capsys, pair.site / "_config.yml")
    assert "is this repository" in refused(pair, capsys, pair.root)
    assert "not an al-folio site" in refused(pair, capsys, tmp_path)
    (pair.site / "_includes/figure.liquid").rename(pair.site / "_includes/figure.html")
    assert "not an al-folio site of 2024 or later" in refused(pair, capsys)


@pytest.mark.parametrize("path", ["_projects/specimen.md", "Gemfile", "assets/img/x.png", ".showcase/media.json"])
def test_no_file_in_the_place_of_one(pair, capsys, path):
    place = pair.site / path
    place.unlink(missing_ok=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(place)
    assert f"{place}: is a named pipe, not a file" in refused(pair, capsys)


def test_where_to_is_missing(pair, capsys):
    from showcase.build import main

    assert main(pair.root, ["export"]) == 2
    assert "--to" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (b"no front matter\n", "walks.zh.md: front matter is missing"),
        (b"---\ntitle: [\n---\n", "walks.zh.md: front matter is not valid YAML"),
        (b"---\ntitle: x\n---\n\xff", "walks.zh.md: not UTF-8 at byte"),
    ],
)
def test_a_page_that_cannot_be_merged_stops_all(pair, capsys, page, words):
    pair.export()
    capsys.readouterr()
    pair.put(pair.site, "_projects/walks.zh.md", page)
    pair.write(number="0.31")
    assert words in refused(pair, capsys)


@pytest.mark.parametrize(
    "record",
    [
        "{",
        "[]",
        '{"../../elsewhere.png": "0"}',
        '{"assets/img/../../_config.yml": "0"}',
        '{"assets/img/a.png": 5}',
        '{"assets/img/a.png": [null]}',
    ],
)
def test_a_broken_record_deletes_nothing(pair, capsys, record):
    pair.put(pair.site, ".showcase/media.json", record)
    assert "media.json: broken" in refused(pair, capsys)


@pytest.mark.parametrize("options", ['{"set": [1]}', '{"lang": "fr"}', '{"set": {"year": "1\\nlayout: none"}}'])
def test_broken_options_take_no_page_away(pair, capsys, options):
    pair.export()
    capsys.readouterr()
    pair.put(pair.site, ".showcase/options.json", options)
    assert "options.json: broken" in refused(pair, capsys)


def test_a_picture_pasted_by_the_editor_is_named(pair, capsys):
    pair.write(last="![a walk](../assets/img/walks/still.png)")
    assert "_projects/walks.en.md:18: shows a picture by ../assets/" in refused(pair, capsys)


def test_a_folder_that_may_not_be_written_is_told(pair, capsys):
    pair.put(pair.site, "assets", "a file where a folder should be")
    assert main_error(pair, capsys).startswith("build_figures.py: ")


def main_error(pair, capsys) -> str:
    assert pair.export() == 2
    err = capsys.readouterr().err
    assert len(err.splitlines()) == 1
    return err
