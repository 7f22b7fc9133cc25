"""Whatever the owner does to a page, and whatever new results and templates do to it, nothing of his is lost."""

import random
import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from showcase.marks import plain, tables
from showcase.merge import merge
from showcase.sentences import balanced, blocks, join, split
from tests.pages.owner import Owner
from tests.pages.page_model import changed, first_page

BOUND = re.compile(r"(\S*)<!--(part\.key\d)-->")
WORDING = re.compile(r"wording of (claim\d): (\w+)\. By [\d.]+<!--part\.key\d-->\.<!--claim: \1-->")
ROW = re.compile(r"^\|[^|]*(?<![A-Za-z0-9])([st]\d+xv*)[^|]*\|\s*([^|]*?)\s*\|", re.MULTILINE)
TRACED = re.compile(r"(?<![A-Za-z0-9])[sct]\d+xv*")
scripts = settings(derandomize=True, max_examples=300, deadline=None)
fewer = settings(scripts, max_examples=100)
seeds = st.integers(0, 2**32)


@scripts
@given(seeds, st.sampled_from(["en", "zh"]))
@example(343, "en")  # two blanks in words that were his once and agree with the present verdict
@example(219, "en")  # he kept a claim in a sentence of his, and the template has dropped it
@example(8957, "zh")  # the template dropped a table whose end the owner had deleted
@example(30142, "zh")  # owner and template moved one sentence to two places, and it fell between
def test_a_page_goes_through_many_rebuilds_and_edits(counts, seed, lang):
    rng = random.Random(seed)
    page = first_page(lang, rng)
    owner = Owner(rng, lang)
    base = page.render()
    on_disk = plain(base)
    for _ in range(rng.randint(1, 4)):
        edited = owner.edit(on_disk)
        mine = owner.save(edited)
        page = changed(page)
        fresh = page.render()
        result = merge(base, mine, fresh, page)
        text = result.text

        assert not re.search(r"^(<<<<<<<|=======|>>>>>>>)", text, re.MULTILINE)
        # A sentence of the template that he only moved may go when the template drops it.
        his = {word for word in owner.wrote if word.startswith("OWN") or word in TRACED.findall(fresh)}
        assert {word for word in his if word not in text} == set(), "an edit was lost"
        came_back = (owner.removed & set(TRACED.findall(text))) - set(TRACED.findall(mine))
        new_in_template = set(TRACED.findall(fresh)) - set(TRACED.findall(base))
        assert came_back <= new_in_template, "what he took away came back"
        for number, key in BOUND.findall(text):
            assert re.search(r"[\d.]*\Z", number)[0] == page.numbers[key], "a number is stale"
        for name, verdict in WORDING.findall(text):
            # A claim that the template dropped before, kept in a sentence of his, is his.
            if f"<!--claim: {name}" in base + fresh:
                assert verdict == page.verdicts[name], "a verdict is stale"
        cells = {word: page.numbers[key] for word, key in page.cells()}
        for word, cell in (found for one in tables(text) for found in ROW.findall(one.rows)):
            assert word not in cells or cells[word] in cell, "a table is stale"
        # A table that the template dropped before is the owner's, with an end or without; `--check` tells of it.
        known = {one.name for one in [*tables(base), *tables(fresh)]}
        assert all(one.closed for one in tables(text) if one.name in known), "a table has lost its end"
        told = " ".join([text, *result.notes.offered])
        told += "".join(one.rows for one in tables(fresh) if f"<!--table: {one.name}-->" in result.notes.offered)
        assert {word for word in new_in_template if word not in told} == set(), "news neither taken nor offered"
        assert not balanced(mine) or balanced(text), "an HTML element was torn apart"

        again = merge(fresh, text, fresh, page)
        assert again.text == text and not again.notes.offered, "a second merge changed something"
        assert _style(text) == _style(mine.removeprefix("\ufeff")), "another editor's line ends"
        assert mine.startswith("\ufeff") == any("byte-order mark" in words for words in result.notes.advice)
        owner.wrote &= his
        base, on_disk = fresh, text
        counts["rebuilds"] += 1
    counts["pages"] += 1
    counts.update({f"edit: {name}": times for name, times in owner.done.items()})


def _style(text: str) -> tuple[bool, int, int, str]:
    """Byte order mark, line ends with and without a carriage return, the end of the file."""
    ends = text.count("\r\n"), text.count("\n")
    return text.startswith("\ufeff"), ends[0] > 0, ends[0] in (0, ends[1]), text[len(text.rstrip("\r\n")) :]


@fewer
@given(seeds, st.sampled_from(["en", "zh"]))
def test_one_sided_changes_are_taken_as_they_are(seed, lang):
    rng = random.Random(seed)
    page = first_page(lang, rng)
    base, fresh = page.render(), changed(page).render()
    assert merge(base, plain(base), fresh).text == plain(fresh)
    edited = plain(base).replace(page.sections[0][1][0][0][:5], "OWN", 1)
    assert merge(base, edited, base).text == edited
    assert merge(base, plain(fresh), fresh).text == plain(fresh)
    assert merge(plain(base), plain(base), plain(fresh)).text == plain(fresh), "an export has no memory with marks"


@fewer
@given(seeds, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\n", "\n\n\n"]))
def test_line_ends_and_the_end_of_the_file_stay_as_the_owners_editor_wrote_them(seed, newline, tail):
    rng = random.Random(seed)
    page = first_page("en", rng)
    base, fresh = page.render(), changed(page).render()
    mine = (Owner(rng, "en").edit(plain(base)).rstrip("\n") + tail).replace("\n", newline)
    text = merge(base, mine, fresh).text
    assert text.replace("\r\n", "").count("\r") == 0
    assert text.count("\n") == text.count(newline)
    assert tail == "\n" or text.replace("\r\n", "\n").endswith(tail) and not text.endswith(tail + newline)
    assert merge(fresh, text, fresh).text == text


@settings(derandomize=True, max_examples=500, deadline=None)
@given(st.text(alphabet="ab .。！?“”\n|`$<>/{}%#", max_size=80))
def test_cutting_and_joining_gives_any_text_back(text):
    assert "".join(unit.text + unit.gap for unit in split(text)) == text
    assert "".join(unit.text + unit.gap for unit in blocks(text)) == text
    assert join(split(text)) == text


@settings(derandomize=True, max_examples=300, deadline=None)
@given(*[st.text(alphabet="ab .。\n<div>/#*", max_size=60)] * 3)
def test_any_three_texts_merge_without_a_marker_and_settle_at_once(base, mine, fresh):
    front = "---\ntitle: a\n---\n"
    merged = merge(front + base, front + mine, front + fresh).text
    assert merge(front + fresh, merged, front + fresh).text == merged
    assert merge(front + base, front + base, front + fresh).text == front + fresh
    assert merge(front + base, front + mine, front + base).text == front + mine
