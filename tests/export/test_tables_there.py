"""Tables of an exported page stay in their containers, however often the page is merged."""

import re
from pathlib import Path

import pytest

from showcase.export.adaptation import Choices, adapted
from showcase.export.containers import OPEN, contained, merged
from showcase.names import Names

ROOT = Path(__file__).parents[2]
PAGE = """---
layout: page
---

Before it stands a sentence. Another one stands there.

<!--table: speeds-->

| Method | Speed |
|:---|---:|
| ours | {speed} |
| theirs | 2 |

<!--end-->

Behind it stands a sentence.
"""


def page(speed: str = "1", sentence: str = "Another one stands there.") -> str:
    return contained(PAGE.format(speed=speed).replace("Another one stands there.", sentence))


def there(last: str, mine: str, fresh: str) -> str:
    return merged(last, mine, fresh, Names()).text


def test_an_untouched_page_becomes_the_new_one():
    for fresh in (page(speed="3"), page(sentence="Something else is said."), page()):
        assert there(page(), page(), fresh) == fresh


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_his_sentence_and_new_numbers_meet_with_the_container_in_its_place(newline):
    his = page(sentence="My own words.").replace("\n", newline)
    assert there(page(), his, page(speed="3")) == page("3", "My own words.").replace("\n", newline)
    assert there(page(speed="3"), page("3", "My own words."), page(speed="3")) == page("3", "My own words.")


def test_a_container_that_he_took_away_stays_away():
    his = PAGE.format(speed="1")
    assert there(page(), his, page(speed="3")) == PAGE.format(speed="3")


def test_what_earlier_exports_tore_apart_is_whole_again():
    torn = PAGE.format(speed="1").replace("<!--end-->", f"<!--end-->\n\n{OPEN}{{: .table}}\n\n</div>")
    assert torn != PAGE.format(speed="1")
    assert there(page(), torn, page(speed="3")) == page(speed="3")


def test_a_table_in_code_is_code():
    assert contained("```\n| a | b |\n|---|---|\n```\n") == "```\n| a | b |\n|---|---|\n```\n"


@pytest.mark.parametrize("path", sorted((ROOT / "_projects").glob("*.md")), ids=lambda path: path.name)
def test_an_untouched_page_of_ours_becomes_what_a_first_export_would_write(path):
    text = path.read_text(encoding="utf-8")
    news = re.sub(r"\d(?=[\d.%]*<!--[a-z])", lambda digit: str((int(digit[0]) + 1) % 10), text)
    news = news.replace("## ", "One more sentence stands here, and a second one.\n\n## ", 2)
    assert news != text
    last, fresh = (adapted(ROOT, path, version, Choices(), [], "", "") for version in (text, news))
    assert merged(last, last, fresh, Names.of_page(path.relative_to(ROOT))).text == fresh
