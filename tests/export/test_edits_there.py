"""What the owner changes in the al-folio site stays, whatever later exports bring."""

import pytest


def test_his_sentence_and_our_news_meet_on_one_page(pair, capsys):
    pair.export()
    pair.edit("The first sentence stands here.", "My own first sentence.")
    pair.edit("importance: 1", "importance: 3")
    pair.write(number="0.31", last="The last sentence is new.")
    assert pair.export() == 0
    page = pair.there()
    assert "My own first sentence." in page and "importance: 3" in page
    assert "0.31<!--a.b-->" in page and "The last sentence is new." in page and "0.29" not in page
    assert "merged   _projects/walks.en.md" in (out := capsys.readouterr().out)
    assert "updated  _projects/walks.zh.md" in out
    before = pair.files()
    pair.export()
    assert pair.files() == before


def test_where_both_changed_a_sentence_his_stays_and_ours_is_told_once(pair, capsys):
    pair.export()
    pair.edit("The last sentence ends it.", "He ends it himself.")
    pair.write(last="We end it anew.")
    pair.export()
    assert "He ends it himself." in pair.there() and "We end it anew." not in pair.there()
    assert "We end it anew." in capsys.readouterr().out
    pair.export()
    assert "We end it anew." not in capsys.readouterr().out


def test_his_line_ends_stay(pair):
    pair.export()
    page = pair.there().replace("stands", "stood").replace("\n", "\r\n")
    pair.put(pair.site, "_projects/walks.en.md", page)
    pair.write(number="0.31")
    pair.export()
    assert pair.there() == page.replace("0.29", "0.31")


@pytest.mark.parametrize("path", ["_projects/walks.en.md", "assets/img/walks/still.png"])
def test_what_lay_there_before_the_first_export_stays(pair, capsys, path):
    pair.put(pair.site, path, "---\ntitle: his own\n---\n")
    for number in ("0.29", "0.31"):
        pair.write(number=number)
        pair.export()
        assert pair.there(path) == "---\ntitle: his own\n---\n"
        assert f"Note: {path}: lay there before" in capsys.readouterr().out
    (pair.site / path).unlink()
    pair.export()
    assert (pair.site / path).is_file() and "his own" not in pair.there(path)


def test_a_picture_he_replaced_stays_others_follow_ours(pair):
    pair.export()
    pair.put(pair.site, "assets/img/walks/still.png", b"his picture")
    for path in ("assets/img/walks/still.png", "assets/img/walks/walk.mp4"):
        pair.put(pair.root, path, b"our new one")
    for _ in range(2):
        pair.export()
        assert pair.there("assets/img/walks/still.png") == "his picture"
        assert pair.there("assets/img/walks/walk.mp4") == "our new one"


def test_what_is_no_longer_exported_goes_unless_he_changed_it_or_shows_it(pair, capsys):
    pair.put(pair.root, "assets/img/walks/second.png", b"second")
    pair.write(last="![Another walk through the maze](/assets/img/walks/second.png)")
    pair.export()
    pair.edit("stands", "stood", "_projects/walks.zh.md")
    pair.edit("/assets/img/walks/second.png", "/assets/img/walks/elsewhere.png", "_projects/walks.zh.md")
    pair.put(pair.site, "assets/img/walks/second.png", b"his second")
    for path in pair.root.rglob("*"):
        if path.is_file():
            path.unlink()
    pair.put(pair.root, "_projects/other.en.md", "---\nlayout: page\n---\nAnother.\n")
    pair.export()
    left = {path for path in pair.files() if path.startswith(("_projects", "assets"))}
    pages = {"_projects/own.md", "_projects/other.en.md", "_projects/walks.zh.md"}
    shown = {"assets/img/walks/still.png", "assets/img/walks/walk.mp4", "assets/video/walks/long.mp4"}
    assert left == pages | shown | {"assets/img/walks/second.png"}
    capsys.readouterr()
    pair.export()
    assert capsys.readouterr().out.startswith(f"{pair.site}: 1 unchanged.\n"), "and is forgotten"


def test_what_he_deleted_there_stays_away(pair, capsys):
    pair.export()
    for path in ("_projects/walks.zh.md", "assets/video/walks/long.mp4"):
        (pair.site / path).unlink()
    for number in ("0.31", "0.33"):
        pair.write(number=number)
        capsys.readouterr()
        assert pair.export() == 0
        out = capsys.readouterr().out
        assert "2 deleted" in out and "delete .showcase/_projects/walks.zh.md there, too" in out
        assert not (pair.site / "_projects/walks.zh.md").exists() and number in pair.there()
        assert "中文版" not in pair.there(), "no link to what is not there"
    (pair.site / ".showcase/_projects/walks.zh.md").unlink()
    pair.export()
    assert "0.33" in pair.there("_projects/walks.zh.md") and "中文版" in pair.there()


def test_a_picture_that_a_page_of_his_shows_stays(pair, capsys):
    pair.write(last="![Another walk through the maze](/assets/img/walks/second.png)")
    pair.put(pair.root, "assets/img/walks/second.png", b"second")
    pair.export()
    pair.put(pair.site, "_posts/2026-01-01-news.md", "---\n---\n![x](/assets/img/walks/second.png)\n")
    pair.write()
    pair.export()
    assert "_posts/2026-01-01-news.md does: it stays" in capsys.readouterr().out
    assert (pair.site / "assets/img/walks/second.png").is_file()


def test_a_page_of_his_at_the_same_address_is_noticed(pair, capsys):
    pair.put(pair.site, "_projects/mine.md", "---\nlayout: page\npermalink: /projects/walks/\n---\nMine.\n")
    assert pair.export() == 0
    out = capsys.readouterr().out
    assert "has the address /projects/walks/, as _projects/mine.md has there: not exported" in out
    assert "--set walks.en:permalink=" in out and not (pair.site / "_projects/walks.en.md").exists()
    assert pair.export("--set", "walks.en:permalink=/projects/other/") == 0
    assert "permalink: /projects/other/\n" in pair.there()
