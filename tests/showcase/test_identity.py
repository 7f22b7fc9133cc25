"""The summary names what _config.yml lacks, in one line, and says nothing when all is there."""

from showcase.identity import FIELDS, advice, missing


def test_what_is_empty_is_named_once(tmp_path):
    (tmp_path / "_config.yml").write_text(
        "first_name: Ada\nlast_name:\naffiliation: {en: , zh: }\nemail: '  '\n", "utf-8"
    )
    assert missing(tmp_path) == [name for name in FIELDS if name != "first_name"]
    line = advice(tmp_path)
    assert "\n" not in line and "last_name" in line and "stand-in" in line and "first_name" not in line


def test_nothing_is_said_when_all_is_filled_in_or_nothing_can_be_read(tmp_path):
    assert advice(tmp_path) == ""
    full = "".join(f"{name}: x\n" for name in FIELDS).replace("affiliation: x", "affiliation: {en: x}")
    (tmp_path / "_config.yml").write_text(full, "utf-8")
    assert advice(tmp_path) == ""
    for broken in ("[1", "- a list", "\tx: 1"):
        (tmp_path / "_config.yml").write_text(broken, "utf-8")
        assert advice(tmp_path) == ""


def test_without_the_name_alone_pages_need_no_stand_in(tmp_path):
    (tmp_path / "_config.yml").write_text("first_name: A\nlast_name: B\naffiliation: C\n", "utf-8")
    assert "stand-in" not in advice(tmp_path) and "orcid_id" in advice(tmp_path)
