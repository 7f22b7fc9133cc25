"""Tables of an exported page: one that an earlier export brought, in whose containers they stood, is merged without."""

import re
from pathlib import Path

import pytest

from showcase.export.adaptation import LOOKS, Choices, adapted
from showcase.export.memory import merged

ROOT = Path(__file__).parents[2]
WALKS = Path("_projects/walks.en.md")
OPEN, CLOSE = '<div class="table-responsive" markdown="1">\n\n', "{: .table}\n\n</div>\n"
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
    return PAGE.format(speed=speed).replace("Another one stands there.", sentence)


def contained(text: str) -> str:
    """As exports before version 0.22 wrote it."""
    return re.sub(r"((?:^\|.*\n)+)", lambda rows: OPEN + rows[0] + CLOSE, text, flags=re.MULTILINE)


def there(last: str, mine: str, fresh: str) -> str:
    return merged(WALKS, [last], mine, fresh.encode()).text


@pytest.mark.parametrize("before", [contained, str], ids=["in containers", "bare"])
def test_an_untouched_page_becomes_the_new_one(before):
    for fresh in (page(speed="3"), page(sentence="Something else is said."), page()):
        assert there(before(page()), before(page()), fresh) == fresh


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("before", [contained, str], ids=["in containers", "bare"])
def test_his_sentence_and_new_numbers_meet(before, newline):
    his = before(page(sentence="My own words.")).replace("\n", newline)
    assert there(before(page()), his, page(speed="3")) == page("3", "My own words.").replace("\n", newline)


def test_what_earlier_exports_tore_apart_is_whole_again():
    torn = page().replace("<!--end-->", f"<!--end-->\n\n{OPEN}{CLOSE}".rstrip("\n"))
    assert there(contained(page()), torn, page(speed="3")) == page(speed="3")


@pytest.mark.parametrize("path", sorted((ROOT / "_projects").glob("*.md")), ids=lambda path: path.name)
def test_an_untouched_page_of_ours_becomes_what_a_first_export_would_write(path):
    text = path.read_text(encoding="utf-8")
    news = re.sub(r"\d(?=[\d.%]*<!--[a-z])", lambda digit: str((int(digit[0]) + 1) % 10), text)
    news = news.replace("## ", "One more sentence stands here, and a second one.\n\n## ", 2)
    assert news != text
    last, fresh = (adapted(ROOT, path, version, Choices(), [], "", "") for version in (text, news))
    assert LOOKS in fresh and "overflow-x: auto" in LOOKS
    assert merged(path.relative_to(ROOT), [last], last, fresh.encode()).text == fresh
