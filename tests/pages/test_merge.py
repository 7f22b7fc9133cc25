"""The rules of the merge, one example each."""

import pytest

from experiments.errors import InputError
from showcase.merge import merge
from showcase.spans import Contradiction

FRONT = "---\ntitle: Old\nimg: a.png\n---\n"


def number(value: str, key: str = "a.b") -> str:
    return f'<span class="measured" data-value="{key}" data-format=".1f">{value}</span>'


def claim(words: str, verdict: str, reworded: str = "") -> str:
    return f'<span data-claim="faster" data-verdict="{verdict}"{reworded}>{words}</span>'


def merged(base: str, mine: str, fresh: str, lookup=None):
    return merge(FRONT + base, FRONT + mine, FRONT + fresh, lookup)


def test_the_owners_sentence_stays_and_ours_is_offered():
    result = merged("One. Two. Three.\n", "One. My two. Three.\n", "One. New two. Three.\n")
    assert result.text == FRONT + "One. My two. Three.\n"
    assert result.offered == ("New two.",)


def test_neighbouring_edits_are_no_conflict():
    result = merged("一句。两句。三句。\n", "一句改了。两句。三句。\n", "一句。两句新的。三句。\n")
    assert result.text == FRONT + "一句改了。两句新的。三句。\n" and not result.offered


def test_two_insertions_at_one_place_both_stay_the_owners_first():
    assert merged("One.\n\nEnd.\n", "One. Mine.\n\nEnd.\n", "One. Ours.\n\nEnd.\n").text.count("Mine. Ours.") == 0
    text = merged("One.\n\nEnd.\n", "One.\n\nMine.\n\nEnd.\n", "One.\n\nOurs.\n\nEnd.\n").text
    assert text == FRONT + "One.\n\nMine.\n\nOurs.\n\nEnd.\n"


def test_a_number_is_refreshed_inside_a_sentence_that_the_owner_wrote():
    result = merged(f"It is {number('1.0')}.\n", f"I measured {number('1.0')} myself.\n", f"It is {number('2.0')}.\n")
    assert result.text == FRONT + f"I measured {number('2.0')} myself.\n" and not result.offered


def test_words_typed_inside_a_numbers_span_move_out_of_it():
    result = merged(f"It is {number('1.0')}.\n", f"It is {number('1.0 at best')}.\n", f"It is {number('2.0')}.\n")
    assert result.text == FRONT + f"It is {number('2.0')} at best.\n"
    result = merged(f"It is {number('1.0')}.\n", f"It is {number('about one')}.\n", f"It is {number('2.0')}.\n")
    assert result.text == FRONT + "It is about one.\n"


def test_a_number_typed_over_is_replaced_and_told():
    result = merged(f"It is {number('1.0')}.\n", f"It is {number('9.9')}.\n", f"It is {number('1.0')}.\n")
    assert result.text == FRONT + f"It is {number('1.0')}.\n" and result.typed_over == ("9.9",)


def test_a_spans_end_deleted_by_accident_swallows_nothing():
    broken = f"It is {number('1.0').removesuffix('</span>')} and I say more. And more {number('1.0')}.\n"
    text = merged(f"It is {number('1.0')}.\n", broken, f"It is {number('2.0')}.\n").text
    assert "and I say more. And more" in text


class Results:
    """A lookup that still measures a.gone and still makes the claim."""

    def number(self, attributes):
        return "7.0" if attributes["value"] == "a.gone" else None

    def claim(self, name):
        return claim("It is.", "fails") if name == "faster" else None


def test_a_number_that_the_page_no_longer_shows_is_looked_up_or_told():
    base, mine = f"It is {number('1.0', 'a.gone')}.\n", f"I keep {number('1.0', 'a.gone')}.\n"
    assert number("7.0", "a.gone") in merged(base, mine, "Nothing.\n", Results()).text
    result = merged(base, mine, "Nothing.\n")
    assert number("1.0", "a.gone") in result.text and result.orphans == ("a.gone",)


def test_an_untouched_claim_follows_its_verdict_even_inside_the_owners_sentence():
    base, fresh = f"So {claim('it is.', 'holds')}\n", f"So {claim('it is not.', 'fails')}\n"
    mine = f"I conclude that {claim('it is.', 'holds')}\n"
    assert merged(base, mine, fresh).text == FRONT + f"I conclude that {claim('it is not.', 'fails')}\n"


def test_the_owners_words_for_a_claim_stay_and_a_contradiction_is_told_until_he_clears_it():
    base, fresh = f"So {claim('it is.', 'holds')}\n", f"So {claim('it is not.', 'fails')}\n"
    mine = f"So {claim('it surely is.', 'holds')}\n"
    first = merged(base, mine, fresh)
    told = (Contradiction("faster", "holds", "fails", "it surely is."),)
    marked = f"So {claim('it surely is.', 'fails', ' data-reworded=' + chr(34) + 'holds' + chr(34))}\n"
    assert first.text == FRONT + marked and first.contradictions == told
    assert merged(fresh, marked, fresh).contradictions == told
    # He deletes the mark: the words are meant for the present verdict.
    cleared = f"So {claim('it surely is not.', 'fails')}\n"
    assert merged(fresh, cleared, fresh).contradictions == ()
    # Or the results turn back.
    again = merged(fresh, marked, base)
    assert again.text == FRONT + mine and again.contradictions == ()


def test_a_claim_that_the_page_no_longer_makes_is_looked_up_or_told():
    base, mine = f"So {claim('It is.', 'holds')}\n", f"I keep: {claim('It is.', 'holds')}\n"
    assert 'data-verdict="fails"' in merged(base, mine, "Nothing.\n", Results()).text
    result = merged(base, mine, "Nothing.\n")
    assert claim("It is.", "holds") in result.text and result.orphans == ("faster",)


def test_front_matter_is_merged_key_by_key():
    mine = FRONT.replace("Old", "My title").replace("---\nB", "B").replace("img: a.png\n", "img: a.png\ntoc: true\n")
    fresh = FRONT.replace("Old", "New title").replace("a.png", "b.png\ndate: today")
    result = merge(FRONT + "Text.\n", mine + "Text.\n", fresh + "Text.\n")
    assert result.text == "---\ntitle: My title\nimg: b.png\ndate: today\ntoc: true\n---\nText.\n".replace(
        "img: b.png\ndate: today\ntoc: true", "img: b.png\ntoc: true\ndate: today"
    )
    assert result.offered == ("title: New title",)


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
    assert result.text == FRONT + "Before.\n\nAfter.\n" and "New words." in result.offered


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


def test_the_owners_byte_order_mark_and_line_ends_stay():
    mine = ("\ufeff" + FRONT + "One. Mine.\n").replace("\n", "\r\n")
    assert merge(FRONT + "One.\n", mine, FRONT + "New.\n").text.startswith("\ufeff---\r\n")
