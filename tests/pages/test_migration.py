"""Pages of the first format, with numbers and claims in spans, are carried over without losing a sentence or a verdict.

`first_format/` has the pages as they were committed last in that format, which were their own memory.
"""

import gzip
import random
import re
from pathlib import Path

import pytest

from showcase.marks import CLAIMED, COMMENT, MEASURED, plain
from showcase.merge import merge
from showcase.migration import RUNS, migrated
from showcase.names import Names
from tests.pages.conftest import REPOSITORY
from tests.pages.owner import Owner

PAGES = sorted((Path(__file__).parent / "first_format").glob("*.md.gz"))
BOUND = re.compile(
    r"(?<![–±\d.] )(?<![–±\d.])([-−\d.,eE]*\d(?:[ \u202f]?%|\u202f\S+)?(?: \[[^\]]*\])?)<!--([a-z][\w.]*\|?[^<>]*)-->"
)
FRONT = "---\ntitle: T\n---\n"


class Lookup:
    """The real names; a number as the fresh page has it, for one that only the owner's sentences still show."""

    def __init__(self, name: str, fresh: str = ""):
        project, lang = name.split(".")[:2]
        self.canonical = Names.load(REPOSITORY, project, lang).canonical
        self.numbers = {found["name"]: found["text"] for found in MEASURED.finditer(fresh)}
        self.number = self.numbers.get

    def claim(self, name: str) -> None:
        return None


class FirstOwner(Owner):
    """He edits a page of the first format: in its spans, too, and in how to make a figure again."""

    @property
    def actions(self):
        mine = [self.speak_in_number, self.own_claim, self.speak_in_reproduce]
        return [*super().actions, *mine * 3]

    def insert(self, body: str, pattern: str, words: str) -> str:
        found = list(re.finditer(pattern, body))
        if not found:
            return body
        at = self.rng.choice(found).end()
        return body[:at] + words + body[at:]

    def speak_in_number(self, body: str) -> str:
        return self.insert(body, r'<span class="measured"[^<>]*>[^<>]*', f" {self.word()}")

    def own_claim(self, body: str) -> str:
        return self.insert(body, r'data-verdict="\w+">(?=[A-Z\u4e00-\u9fff])', f"{self.word()} ")

    def speak_in_reproduce(self, body: str) -> str:
        return self.insert(body, r'<details class="reproduce">\n.*\n', f"<p>Mine: {self.word()}.</p>\n")


def read(path: Path) -> str:
    return gzip.decompress(path.read_bytes()).decode()


def words(text: str) -> str:
    """What a reader sees, how to make figures again left out."""
    text = RUNS.sub(lambda block: "".join(re.findall(r"<p>Mine: .*</p>", block[0])), text)
    return " ".join(re.sub(r"<[^<>]*>|^\{:.*$", " ", COMMENT.sub("", text), flags=re.MULTILINE).split())


def squeezed(text: str) -> str:
    """Without blanks, and without the rules of tables, which are as long as columns are wide."""
    return re.sub(r"\s+|-{3,}", "", text)


def changed(memory: str, rng: random.Random) -> str:
    """Other results: numbers and verdicts, with words that go with them."""
    texts: dict[str, str] = {}
    verdicts: dict[str, str] = {}

    def number(match: re.Match) -> str:
        digit = re.sub(r"\d", str(rng.randint(1, 9)), match["text"], count=1) if rng.random() < 0.5 else match["text"]
        return f"<!--number-->{texts.setdefault(match['name'], digit)}<!--{match['name']}-->"

    def claim(match: re.Match) -> str:
        now = verdicts.setdefault(match["name"], rng.choice(["holds", "fails", "undecided"]))
        told = match["content"] if now == match["verdict"] else f"Now {now}: {match['content']}"
        return f"<!--claim-->{told}<!--claim: {match['name']}, {now}-->"

    return CLAIMED.sub(claim, MEASURED.sub(number, memory))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_an_untouched_page_says_the_same_in_a_third_less(path):
    old = read(path)
    memory, page = migrated(old, old, "", Lookup(path.name))
    assert page == plain(memory)
    assert merge(old, old, memory, Lookup(path.name, memory)).text == plain(memory)
    assert squeezed(words(page)) == squeezed(words(old))
    assert not re.search(r"<span|data-\w+=\"\w+\.|class=\"reproduce|^\{:", page, re.MULTILINE)
    assert len(page) < 0.67 * len(old)
    assert migrated(memory, page, "", Lookup(path.name)) == (memory, page), "once is enough"


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 10))])
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_an_edited_page_keeps_every_word_verdict_and_number(path, seed, counts):
    rng, old = random.Random(f"{path.name} {seed}"), read(path)
    owner = FirstOwner(rng, path.name.split(".")[1])
    mine = owner.save(owner.edit(owner.edit(old)))
    memory, _ = migrated(old, old, "", Lookup(path.name))
    for fresh in (memory, changed(memory, rng)):
        lookup = Lookup(path.name, fresh)
        result = merge(old, mine, fresh, lookup)
        text = result.text.replace("\r\n", "\n")
        assert {word for word in owner.wrote if word.startswith("OWN") and word not in text} == set()
        assert not re.search(r'data-(value|claim|verdict|earlier)=|class="reproduce"', text)
        for number, name in BOUND.findall(text):
            assert number == lookup.numbers.get(name, number), name
        now = {found["name"]: found["verdict"] for found in CLAIMED.finditer(fresh)}
        reworded = re.findall(r'data-claim="(\w+)" data-verdict="(\w+)"[^<>]*>OWN', mine)
        for name, was in reworded:
            assert f"<!--claim: {name}{'' if was == now[name] else f', was {was}'}-->" in text
        if fresh is memory:
            assert squeezed(words(text)) == squeezed(words(mine.replace("\r\n", "\n").lstrip("\ufeff")))
        assert merge(fresh, result.text, fresh, lookup).text == result.text
    counts["pages carried over"] += 1


def span(text: str, key: str = "a.b") -> str:
    return f'<span class="measured" data-value="{key}" data-format=".1f">{text}</span>'


def test_a_verdict_is_carried_over_with_the_words_that_were_written_under_it():
    claim = '<span data-claim="faster" data-verdict="{}"{}>{}</span>\n'
    base = FRONT + claim.format("holds", "", "It is.")
    fresh = FRONT + "<!--claim-->It is not.<!--claim: faster, fails-->\n"
    cases = {
        claim.format("holds", "", "It is."): "It is not.<!--claim: faster-->\n",
        claim.format("holds", "", "It surely is."): "It surely is.<!--claim: faster, was holds-->\n",
        claim.format(
            "fails", ' data-reworded="undecided"', "Who knows."
        ): "Who knows.<!--claim: faster, was undecided-->\n",
    }
    for mine, wanted in cases.items():
        assert merge(base, FRONT + mine, fresh).text == FRONT + wanted
    # Without a memory nothing is known of the past but what the page itself says.
    mine = FRONT + claim.format("holds", "", "It surely is.")
    assert merge(fresh, mine, fresh).text == FRONT + "It surely is.<!--claim: faster, was holds-->\n"


def test_a_span_that_lost_its_end_leaves_its_words():
    base = FRONT + f"It is {span('1.0')}. More.\n"
    mine = FRONT + f"It is {span('1.0').removesuffix('</span>')} and I say so. More {span('1.0')}.\n"
    text = merge(base, mine, FRONT + "It is <!--number-->2.0<!--a.b|.1f-->. More.\n").text
    assert text == FRONT + "It is 1.0 and I say so. More 2.0<!--a.b|.1f-->.\n"


def test_a_table_takes_the_name_that_the_template_has_for_it_and_his_cells_stay():
    base = FRONT + f"| a | b |\n|:---|---:|\n| x | {span('1.0')} |\n| y | {span('3.0', 'a.c')} |\n{{: .table}}\n"
    rows = "| a | b |\n|:---|---:|\n| x | <!--number-->2.0<!--a.b|.1f--> |\n| y | <!--number-->3.0<!--a.c|.1f--> |"
    fresh = FRONT + f"<!--table: best-->\n\n{rows}\n\n<!--end-->\n"
    mine = base.replace("| y |", "| my y |")
    wanted = "<!--table: best-->\n\n| a | b |\n|:---|---:|\n| x | 2.0 |\n| my y | 3.0 |\n\n<!--end-->\n"
    assert merge(base, mine, fresh).text == FRONT + wanted
