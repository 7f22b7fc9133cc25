"""Random pages, random changes by the template and random edits by the owner, each leaving a word that can be traced.

Sentences are told apart by a word that occurs once ("s17"), so that what survived a merge can be seen without any of
the merge's own notions of a sentence.
"""

import copy
import random
import re
from dataclasses import dataclass, field

from showcase import marks

WORDS = {
    "en": "the sampler draws one block after another and keeps what it accepts while oracle calls stay few in number",
    "zh": "采样器逐块抽取样本并保留接受的点每一步的函数查询次数都很少因此高维情形下仍然可行误差与精确样本相当",
}
ENDS = {"en": (".", "!", "?"), "zh": ("。", "！", "？")}
HEADINGS = ("status", "motivation", "achievements", "challenges", "reflections")


@dataclass
class Page:
    """What a template renders: front matter, sections of paragraphs of sentence numbers, figures, a claim a section."""

    lang: str
    rng: random.Random
    front: dict[str, str] = field(default_factory=lambda: {"layout": "page", "title": "A title", "img": "a.png"})
    sections: list[tuple[str, list[list[str]]]] = field(default_factory=list)
    figures: dict[str, str] = field(default_factory=dict)
    tables: dict[str, list[str]] = field(default_factory=dict)  # section -> rows, each with a word and a number
    folded: set[str] = field(default_factory=set)  # sections whose end is hidden behind a "more"
    numbers: dict[str, str] = field(default_factory=dict)
    verdicts: dict[str, str] = field(default_factory=dict)
    made: int = 0

    def sentence(self, tag: str = "s") -> str:
        """A new sentence with a word of its own; some hold a number, a claim, a formula, a link."""
        self.made += 1
        word, rng = f"{tag}{self.made}x", self.rng
        body = WORDS[self.lang]
        pieces = body.split() if self.lang == "en" else [body[i : i + 3] for i in range(0, len(body), 3)]
        some = rng.sample(pieces, rng.randint(3, 8))
        some.insert(rng.randrange(len(some)), word)
        kind = rng.randrange(8)
        if kind < 3 and self.numbers:
            some.insert(1, f"[[number {rng.choice(sorted(self.numbers))}]]")
        if kind == 3 and self.verdicts:
            some.append(f"[[claim {rng.choice(sorted(self.verdicts))}]]")
        if kind == 4:
            some.append(rng.choice(["$$x. y$$", "[link. here](/a. b/)", "<em>so. it</em>", "**bold. text**"]))
        joiner = " " if self.lang == "en" else ""
        return joiner.join(some) + rng.choice(ENDS[self.lang])

    def paragraph(self, tag: str = "s") -> list[str]:
        return [self.sentence(tag) for _ in range(self.rng.randint(1, 5))]

    def figure(self) -> str:
        self.made += 1
        path = f"assets/img/p/f{self.made}.png"
        include = f'{{% include figure.liquid\n    path="{path}" title="Figure f{self.made}. Two words" %}}'
        caption = self.sentence("c")
        return (
            f'<div class="row">\n  <div class="col-sm">\n    {include}\n  </div>\n</div>\n'
            f'<div class="caption">\n  {caption}\n</div>'
        )

    def row(self) -> str:
        self.made += 1
        return f"| s{self.made}x row | [[number {self.rng.choice(sorted(self.numbers))}]] |"

    def table(self, name: str) -> str:
        rows = "\n".join(["| what | value |", "|:---|---:|", *self.tables[name]])
        return f"<!--table: {name}-->\n\n{rows}\n\n<!--end-->"

    def cells(self) -> list[tuple[str, str]]:
        """The word and the number's key of every row."""
        rows = "\n".join(row for name in self.tables for row in self.tables[name])
        return re.findall(r"\| (\w+) row \| \[\[number ([\w.]+)\]\]", rows)

    def measured(self, key: str) -> str:
        return marks.number(self.numbers[key], key)

    def claim(self, name: str) -> str:
        """With `number`, what the build answers when a merge asks for something the template no longer shows."""
        verdict, number = self.verdicts[name], self.measured(min(self.numbers))
        return marks.claim(f"wording of {name}: {verdict}. By {number}.", name, verdict)

    def number(self, name: str) -> str | None:
        return self.numbers.get(name)

    def canonical(self, name: str) -> str:
        return name

    def render(self) -> str:
        joiner = " " if self.lang == "en" else ""
        parts = []
        for heading, paragraphs in self.sections:
            parts.append(f"## {heading} heading {{#{heading}}}")
            parts += [joiner.join(sentences) for sentences in paragraphs]
            if heading in self.folded:
                parts.append(f'<details class="more" markdown="1">\n<summary>More on {heading}</summary>')
            if heading in self.figures:
                parts.append(self.figures[heading])
            if heading in self.tables:
                parts.append(self.table(heading))
            if heading in self.folded:
                parts.append("</details>")
        body = "\n\n".join(parts)
        for name in self.verdicts:
            body = body.replace(f"[[claim {name}]]", self.claim(name))
        for key in self.numbers:
            body = body.replace(f"[[number {key}]]", self.measured(key))
        front = "".join(f"{key}: {value}\n" for key, value in self.front.items())
        return f"---\n{front}---\n\n{body.rstrip()}\n"


def first_page(lang: str, rng: random.Random) -> Page:
    page = Page(lang, rng)
    page.numbers = {f"part.key{i}": f"{rng.uniform(1, 99):.1f}" for i in range(4)}
    page.verdicts = {f"claim{i}": rng.choice(("holds", "fails", "undecided")) for i in range(2)}
    page.sections = [(name, [page.paragraph() for _ in range(rng.randint(1, 3))]) for name in HEADINGS]
    page.figures = {name: page.figure() for name in rng.sample(HEADINGS, 3)}
    page.tables = {name: [page.row() for _ in range(rng.randint(1, 4))] for name in rng.sample(HEADINGS, 2)}
    page.folded = set(rng.sample(HEADINGS, 2))
    return page


def changed(page: Page) -> Page:
    """What new results and a changed template make of the page."""
    page = copy.deepcopy(page)
    rng = page.rng
    for key in rng.sample(sorted(page.numbers), rng.randint(0, 4)):
        page.numbers[key] = f"{rng.uniform(1, 99):.1f}"
    for name in page.verdicts:
        page.verdicts[name] = rng.choice(("holds", "fails", "undecided"))
    for _ in range(rng.randint(0, 5)):
        _, paragraphs = rng.choice(page.sections)
        sentences = rng.choice(paragraphs) if paragraphs else []
        where = rng.randrange(len(sentences)) if sentences else 0
        match rng.randrange(11):
            case 0 if sentences:
                sentences[where] = sentences[where].replace("x", "xv", 1)
            case 1 if sentences:
                sentences[where] = page.sentence("t")
            case 2:
                sentences.insert(where, page.sentence("t"))
            case 3 if len(sentences) > 1:
                del sentences[where]
            case 4:
                paragraphs.append(page.paragraph("t"))
            case 5:
                name = rng.choice(HEADINGS)
                if page.figures.pop(name, None) is None:
                    page.figures[name] = page.figure()
            case 6 if sentences:
                moved = sentences.pop(where)
                rng.choice(page.sections)[1].append([moved])
            case 7 if page.figures:
                # A picture becomes a paragraph in its place.
                name = rng.choice(sorted(page.figures))
                page.figures[name] = " ".join(page.paragraph("t"))
            case 8:
                page.folded ^= {rng.choice(HEADINGS)}
            case 9 if page.tables:
                page.tables[rng.choice(sorted(page.tables))].append(page.row().replace("| s", "| t"))
            case 10:
                name = rng.choice(HEADINGS)
                if page.tables.pop(name, None) is None:
                    page.tables[name] = [page.row().replace("| s", "| t")]
    if rng.random() < 0.3:
        page.front["title"] = f"Template title {rng.randrange(99)}"
    return page
