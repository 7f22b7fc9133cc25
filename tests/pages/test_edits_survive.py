"""Whatever the owner does to a page, and whatever new results and templates do to it, nothing of his is lost."""

import random
import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from showcase.merge import merge
from showcase.sentences import balanced, blocks, join, split
from tests.pages.owner import Owner
from tests.pages.page_model import changed, first_page

SPAN = re.compile(r'<span class="measured" data-value="([^"]*)"[^<>]*>([^<>]*)</span>')
VERDICT = re.compile(r'data-claim="([^"]*)" data-verdict="([^"]*)"')
TRACED = re.compile(r"(?<![A-Za-z0-9])[sct]\d+xv*")
scripts = settings(derandomize=True, max_examples=300, deadline=None)
fewer = settings(scripts, max_examples=100)
seeds = st.integers(0, 2**32)


@scripts
@given(seeds, st.sampled_from(["en", "zh"]))
@example(30142, "zh")  # owner and template moved one sentence to two places, and it fell between
def test_a_page_goes_through_many_rebuilds_and_edits(counts, seed, lang):
    rng = random.Random(seed)
    page = first_page(lang, rng)
    owner = Owner(rng, lang)
    base = on_disk = page.render()
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
        for key, number in SPAN.findall(text):
            assert number == page.numbers[key], "a number is stale"
        for name, verdict in VERDICT.findall(text):
            assert verdict == page.verdicts[name], "a verdict is stale"
        told = " ".join([text, *result.offered])
        assert {word for word in new_in_template if word not in told} == set(), "news neither taken nor offered"
        assert not balanced(mine) or balanced(text), "an HTML element was torn apart"

        again = merge(fresh, text, fresh, page)
        assert again.text == text and not again.offered, "a second merge changed something"
        assert _style(text) == _style(mine), "another editor's line ends"
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
    assert merge(base, base, fresh).text == fresh
    edited = base.replace(page.sections[0][1][0][0][:5], "OWN", 1)
    assert merge(base, edited, base).text == edited
    assert merge(base, fresh, fresh).text == fresh


@fewer
@given(seeds, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\n", "\n\n\n"]))
def test_line_ends_and_the_end_of_the_file_stay_as_the_owners_editor_wrote_them(seed, newline, tail):
    rng = random.Random(seed)
    page = first_page("en", rng)
    base, fresh = page.render(), changed(page).render()
    mine = (Owner(rng, "en").edit(base).rstrip("\n") + tail).replace("\n", newline)
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
