"""The rules of the merge, one example each."""

import pytest

from experiments.errors import InputError
from showcase import marks
from showcase.marks import plain
from showcase.merge import merge
from showcase.notes import Contradiction

FRONT = "---\ntitle: Old\nimg: a.png\n---\n"


def number(value: str, name: str = "a.b") -> str:
    """As the memory has it; `merged` takes the owner's page to be what a reader of the memory would see."""
    return marks.number(value, name)


def claim(words: str, verdict: str) -> str:
    return marks.claim(words, "faster", verdict)


def merged(base: str, mine: str, fresh: str, lookup=None):
    return merge(FRONT + base, FRONT + plain(mine), FRONT + fresh, lookup)


def test_the_owners_sentence_stays_and_ours_is_offered():
    result = merged("One. Two. Three.\n", "One. My two. Three.\n", "One. New two. Three.\n")
    assert result.text == FRONT + "One. My two. Three.\n"
    assert result.notes.offered == ["New two."]


def test_neighbouring_edits_are_no_conflict():
    result = merged("一句。两句。三句。\n", "一句改了。两句。三句。\n", "一句。两句新的。三句。\n")
    assert result.text == FRONT + "一句改了。两句新的。三句。\n" and not result.notes.offered


def test_two_insertions_at_one_place_both_stay_the_owners_first():
    assert merged("One.\n\nEnd.\n", "One. Mine.\n\nEnd.\n", "One. Ours.\n\nEnd.\n").text.count("Mine. Ours.") == 0
    text = merged("One.\n\nEnd.\n", "One.\n\nMine.\n\nEnd.\n", "One.\n\nOurs.\n\nEnd.\n").text
    assert text == FRONT + "One.\n\nMine.\n\nOurs.\n\nEnd.\n"


def test_a_number_is_refreshed_inside_a_sentence_that_the_owner_wrote():
    result = merged(f"It is {number('1.0')}.\n", f"I measured {number('1.0')} myself.\n", f"It is {number('2.0')}.\n")
    assert result.text == FRONT + "I measured 2.0<!--a.b--> myself.\n" and not result.notes.offered


def test_words_typed_between_a_number_and_its_mark_go_behind_it():
    result = merged(f"It is {number('1.0')}.\n", "It is 1.0 at best<!--a.b-->.\n", f"It is {number('2.0')}.\n")
    assert result.text == FRONT + "It is 2.0<!--a.b--> at best.\n"
    result = merged(f"It is {number('1.0')}.\n", "It is about one<!--a.b-->.\n", f"It is {number('2.0')}.\n")
    assert result.text == FRONT + "It is about one.\n" and "<!--a.b-->" in result.notes.advice[0]


@pytest.mark.parametrize("typed", ["9.9", "1.05", "−1", "1,000"])
def test_a_number_typed_over_is_replaced_and_told(typed):
    result = merged(f"It is {number('1.0')}.\n", f"It is {typed}<!--a.b-->.\n", f"It is {number('1.0')}.\n")
    assert result.text == FRONT + "It is 1.0<!--a.b-->.\n" and result.notes.typed_over == [typed]


@pytest.mark.parametrize("typed", ["35%", "35 %", "35.5\u202f%"])
def test_its_unit_belongs_to_a_number(typed):
    base, fresh = f"It is {number('31 %')} here.\n", f"It is {number('31%')} here.\n"
    assert merged(base, "It is 31 %<!--a.b--> here.\n", fresh).text == FRONT + "It is 31%<!--a.b--> here.\n"
    result = merged(base, f"It is {typed}<!--a.b--> here.\n", fresh)
    assert result.text == FRONT + "It is 31%<!--a.b--> here.\n" and result.notes.typed_over == [typed]
    result = merged(base, "It is 31 MB<!--a.b--> here.\n", fresh)
    assert result.text == FRONT + "It is 31%<!--a.b--> here.\n" and result.notes.typed_over == ["31 MB"]
    other = merged(number("5\u202fMiB") + ".\n", "7 MiB<!--a.b-->.\n", number("6\u202fMiB") + ".\n")
    assert other.text == FRONT + "6\u202fMiB<!--a.b-->.\n" and other.notes.typed_over == ["7 MiB"]


def test_a_range_is_one_number():
    base = number("0.15–0.17") + ", " + number("2.0 ± 0.1", "a.c") + ".\n"
    result = merged(base, "0.15–0.19<!--a.b-->, 3.0 ± 0.1<!--a.c-->.\n", base)
    assert result.text == FRONT + plain(base) and result.notes.typed_over == ["0.15–0.19", "3.0 ± 0.1"]


def test_a_mark_alone_is_filled_with_its_number_claim_or_table():
    table = "<!--table: t-->\n\n| a | b |\n|---|---:|\n| x | 1.0 |\n\n<!--end-->"
    base = f"It is {number('1.0')}.\n\n{claim('So it is.', 'holds')}\n\n{table}\n"
    mine = base + "\nMine is <!-- a.b --> of it.\n\n<!--claim: faster-->\n\nHere:\n\n<!--table: t-->\n<!--end-->\n"
    result = merged(base, mine, base)
    assert (
        result.text
        == FRONT
        + plain(base)
        + f"\nMine is 1.0<!--a.b--> of it.\n\nSo it is.<!--claim: faster-->\n\nHere:\n\n{table}\n"
    )
    assert not result.notes.advice


def test_a_mark_that_the_owner_deleted_leaves_his_text_and_one_advice():
    base, fresh = f"It is {number('1.0')} now. More.\n", f"It is {number('2.0')} now. More.\n"
    result = merged(base, "It is 1.0 now. More.\n", fresh)
    assert result.text == FRONT + "It is 1.0 now. More.\n"
    assert result.notes.advice == ["<!--a.b--> is gone, so new results will not reach: It is 1.0 now."]
    result = merged(f"{claim('It is.', 'holds')} More.\n", "It is. More.\n", f"{claim('It is not.', 'fails')} More.\n")
    assert result.text == FRONT + "It is. More.\n" and "<!--claim: faster--> is gone" in result.notes.advice[0]


def test_two_marks_behind_one_number_and_a_name_that_nothing_knows_are_told_and_stay():
    base = f"It is {number('1.0')}, or {number('5.0', 'a.c')}.\n"
    result = merged(base, "It is 1.0<!--a.b--><!--a.c-->, or 5.0<!--a.c-->.\n", base)
    assert result.text == FRONT + "It is 1.0<!--a.b--><!--a.c-->, or 5.0<!--a.c-->.\n"
    assert len(result.notes.advice) == 1 and "two names" in result.notes.advice[0]
    result = merged(base, plain(base) + "\nMine is 3<!--a.nothing-->. <!--todo: more-->\n", base)
    assert result.text == FRONT + plain(base) + "\nMine is 3<!--a.nothing-->. <!--todo: more-->\n"
    assert result.notes.orphans == ["a.nothing"]


def test_marks_in_code_are_text():
    base = f"It is {number('1.0')}.\n"
    mine = plain(base) + "\nWrite `7<!--a.b-->`.\n\n```\n8<!--a.b-->\n```\n"
    assert merged(base, mine, f"It is {number('2.0')}.\n").text == FRONT + mine.replace("1.0", "2.0")


class Results:
    """A lookup that still measures a.gone and still makes the claim."""

    def number(self, name):
        return "7.0" if name == "a.gone" else None

    def canonical(self, name):
        return name

    def claim(self, name):
        return claim("It is.", "fails") if name == "faster" else None


def test_a_number_that_the_page_no_longer_shows_is_looked_up_or_told():
    base, mine = f"It is {number('1.0', 'a.gone')}.\n", f"I keep {number('1.0', 'a.gone')}.\n"
    assert "7.0<!--a.gone-->" in merged(base, mine, "Nothing.\n", Results()).text
    result = merged(base, mine, "Nothing.\n")
    assert "1.0<!--a.gone-->" in result.text and result.notes.orphans == ["a.gone"]


def test_an_untouched_claim_follows_its_verdict_even_inside_the_owners_sentence():
    base, fresh = f"So {claim('it is.', 'holds')}\n", f"So {claim('it is not.', 'fails')}\n"
    mine = f"I conclude that {claim('it is.', 'holds')}\n"
    assert merged(base, mine, fresh).text == FRONT + "I conclude that it is not.<!--claim: faster-->\n"


def test_the_owners_words_for_a_claim_stay_and_a_contradiction_is_told_until_he_clears_it():
    base, fresh = f"So {claim('it is.', 'holds')}\n", f"So {claim('it is not.', 'fails')}\n"
    mine = "So it surely is.<!--claim: faster-->\n"
    first = merged(base, mine, fresh)
    told = [Contradiction("faster", "holds", "fails", "So it surely is.")]
    marked = "So it surely is.<!--claim: faster, was holds-->\n"
    assert first.text == FRONT + marked and first.notes.contradictions == told
    assert merged(fresh, marked, fresh).notes.contradictions == told
    # He deletes "was holds": the words are meant for the present verdict.
    cleared = "So it surely is not.<!--claim: faster-->\n"
    assert merged(fresh, cleared, fresh).notes.contradictions == []
    # Or the results turn back.
    again = merged(fresh, marked, base)
    assert again.text == FRONT + mine and again.notes.contradictions == []


def test_his_words_before_and_behind_a_claim_are_not_part_of_it():
    base, fresh = f"{claim('It is. Surely.', 'holds')}\n", f"{claim('It is not.', 'fails')}\n"
    mine = "I say this. It is.  Surely.<!--claim: faster--> And this.\n"
    result = merged(base, mine, fresh)
    assert (
        result.text == FRONT + "I say this. It is not.<!--claim: faster--> And this.\n"
        and not result.notes.contradictions
    )


def test_a_claim_that_the_page_no_longer_makes_is_looked_up_or_told():
    base, mine = f"So {claim('It is.', 'holds')}\n", f"I keep: {claim('It is.', 'holds')}\n"
    changed = Results()
    changed.claim = lambda name: claim("It is not.", "fails")
    assert "I keep: It is not.<!--claim: faster-->" in merged(base, mine, "Nothing.\n", changed).text
    result = merged(base, mine, "Nothing.\n")
    assert "It is.<!--claim: faster-->" in result.text and result.notes.orphans == ["faster"]


def test_front_matter_is_merged_key_by_key():
    mine = FRONT.replace("Old", "My title").replace("---\nB", "B").replace("img: a.png\n", "img: a.png\ntoc: true\n")
    fresh = FRONT.replace("Old", "New title").replace("a.png", "b.png\ndate: today")
    result = merge(FRONT + "Text.\n", mine + "Text.\n", fresh + "Text.\n")
    assert result.text == "---\ntitle: My title\nimg: b.png\ndate: today\ntoc: true\n---\nText.\n".replace(
        "img: b.png\ndate: today\ntoc: true", "img: b.png\ntoc: true\ndate: today"
    )
    assert result.notes.offered == ["title: New title"]


@pytest.mark.parametrize("front", ["---\ntitle: [\n---\n", "title: no fences\n", ""])
def test_broken_front_matter_stops_the_merge(front):
    with pytest.raises(InputError, match="front matter"):
        merge(FRONT + "A.\n", front + "B.\n", FRONT + "A.\n")


def test_a_figure_that_the_owner_removed_does_not_come_back_with_a_new_caption():
    row = (
        '<div class="row">\n  {{% include figure.liquid path="a.png" %}}\n</div>\n<div class="caption">\n  {}\n</div>\n'
    )
    base, fresh = (f"Before.\n\n{row.format(caption)}\nAfter.\n" for caption in ("Old words.", "New words."))
    result = merged(base, "Before.\n\nAfter.\n", fresh)
    assert result.text == FRONT + "Before.\n\nAfter.\n" and "New words." in result.notes.offered


def test_a_sentence_that_the_owner_deleted_does_not_come_back_when_the_template_moves_it():
    base, fresh = "One. Two.\n\nThree. Four.\n\nFive.\n", "Two.\n\nThree. Four.\n\nFive. One.\n"
    result = merged(base, "Two.\n\nThree. Four.\n\nFive.\n", fresh)
    assert result.text == FRONT + "Two.\n\nThree. Four.\n\nFive.\n"


def test_an_html_element_is_never_torn_apart():
    base = '<div class="row">\n  One.\n</div>\n\nEnd.\n'
    mine = '<div class="row">\n  My one.\n</div>\n\nEnd.\n'
    fresh = "A paragraph.\n\nAnother.\n\nEnd.\n"
    text = merged(base, mine, fresh).text
    assert text.count("<div") == text.count("</div>") == 1 and "My one." in text


def test_a_byte_order_mark_goes_and_is_told_and_line_ends_stay():
    mine = ("\ufeff" + FRONT + "One. Mine.\n").replace("\n", "\r\n")
    result = merge(FRONT + "One.\n", mine, FRONT + "New.\n")
    assert result.text.startswith("---\r\n") and "byte-order mark" in result.notes.advice[0]


@pytest.mark.parametrize(
    "touch", [("Two.", "Two.  "), ("Two.", "My two."), ("One.", "One. Mine."), ("Three.", "Three")]
)
def test_a_paragraph_that_the_template_moves_follows_it_with_what_the_owner_did_to_it(touch):
    base = "Start.\n\nOne. Two. Three.\n\nMiddle.\n\nEnd.\n"
    fresh = "Start.\n\nMiddle.\n\nEnd.\n\nOne. Two. Three.\n"
    mine = base.replace(*touch)
    text = merged(base, mine, fresh).text
    assert " ".join(text.split()) == " ".join((FRONT + fresh.replace(*touch)).split())
    assert merged(fresh, text.removeprefix(FRONT), fresh).text == text
