"""An owner at work: random edits of a page's text, with a record of what he wrote and what he took away."""

import random
import re
from collections import Counter

ENDS = re.compile(r"[。！？]|[.!?](?=\s)")
FIGURE = re.compile(r'<div class="row">.*?<div class="caption">.*?</div>\n?', re.DOTALL)
NUMBER = re.compile(r"(?P<number>[\d.]+)(?P<mark><!--part\.key\d-->)")


class Owner:
    def __init__(self, rng: random.Random, lang: str):
        self.rng, self.lang, self.count = rng, lang, 0
        self.done: Counter[str] = Counter()
        self.wrote: set[str] = set()  # words that must stay on the page
        self.removed: set[str] = set()  # words that must not come back

    def edit(self, text: str) -> str:
        """A few random edits, then the file as some editor saves it; `done` counts those that changed something."""
        text = text.removeprefix("\ufeff").replace("\r\n", "\n")
        for _ in range(self.rng.randint(1, 6)):
            head, fence, body = text.partition("\n---\n")
            action = self.rng.choice(self.actions)
            changed = head + fence + action(body)
            self.done[action.__name__] += changed != text
            text = changed
            if self.rng.random() < 0.1:
                text = self.front(text)
                self.done["front"] += 1
        return text

    @property
    def actions(self):
        return [
            *[self.reword, self.reword, self.add, self.add, self.delete, self.move, self.rename, self.drop_figure],
            *[self.drop_paragraph, self.append, self.split_paragraph, self.speak_in_number, self.own_claim],
            *[self.retitle, self.recaption, self.move_paragraph, self.move_figure, self.paste, self.annotate_table],
            *[self.type_over, self.delete_mark, self.align_table, self.add_row, self.type_over_cell],
        ]

    def save(self, text: str) -> str:
        """With the line ends, the end of file and the byte order mark of the editor in use."""
        newline, tail = self.rng.choice(["\n", "\n", "\r\n"]), self.rng.choice(["\n", "\n", "", "\n\n\n"])
        mark = "\ufeff" * (self.rng.random() < 0.1)
        self.done["save with CRLF"] += newline == "\r\n"
        self.done["save without a final line end"] += tail == ""
        return mark + (text.rstrip("\n") + tail).replace("\n", newline)

    def word(self) -> str:
        self.count += 1
        self.wrote.add(f"OWN{self.count}Z")
        return f"OWN{self.count}Z"

    def prose(self, body: str) -> list[tuple[int, int]]:
        """Sentences in paragraphs, by position; not in headings, HTML or figures."""
        found = []
        for match in re.finditer(r"^(?![#<{| !]).+$", body, re.MULTILINE):
            starts = [match.start(), *(match.start() + end.end() for end in ENDS.finditer(match[0] + " "))]
            found += [(a, min(b, match.end())) for a, b in zip(starts, starts[1:], strict=False)]
        return [(a, b) for a, b in found if body[a:b].strip() and "<" not in body[a:b]]

    def chosen(self, body: str) -> tuple[int, int] | None:
        sentences = self.prose(body)
        return self.rng.choice(sentences) if sentences else None

    def new_sentence(self) -> str:
        return f" Here I say {self.word()} plainly. " if self.lang == "en" else f"我在这里说明{self.word()}的情况。"

    def reword(self, body: str) -> str:
        if not (at := self.chosen(body)):
            return body
        a, b = at
        middle = self.rng.randint(a, b - 1)
        middle = a if re.search(r"OWN\w*$", body[a:middle]) or not body[a:b].isprintable() else middle
        before, after = body[:middle], body[middle:]
        return f"{before} {self.word()} {after}" if self.outside_words(body, middle) else self.add(body)

    @staticmethod
    def outside_words(body: str, at: int) -> bool:
        """Not inside a traced word, a formula or a link."""
        line = body[body.rfind("\n", 0, at) + 1 : at]
        traced = re.search(r"[A-Za-z0-9]$", line) and re.match(r"[A-Za-z0-9]", body[at:])
        return not traced and line.count("$$") % 2 == 0 and line.rfind("[") <= line.rfind(")")

    def add(self, body: str) -> str:
        return body[: at[1]] + self.new_sentence() + body[at[1] :] if (at := self.chosen(body)) else body

    def delete(self, body: str) -> str:
        if not (at := self.chosen(body)):
            return body
        self.forget(body[at[0] : at[1]])
        return body[: at[0]] + body[at[1] :]

    def move(self, body: str) -> str:
        if not (at := self.chosen(body)):
            return body
        sentence, rest = body[at[0] : at[1]], body[: at[0]] + body[at[1] :]
        to = self.chosen(rest)
        if not to:
            return body
        # A moved sentence is the owner's now: its words must stay.
        self.wrote |= set(re.findall(r"\b[sct]\d+x[v]*\b|(?<![A-Za-z0-9])[sct]\d+xv*", sentence))
        return rest[: to[1]] + (" " if self.lang == "en" else "") + sentence + rest[to[1] :]

    def rename(self, body: str) -> str:
        headings = list(re.finditer(r"^## (.*) \{#", body, re.MULTILINE))
        if not headings:
            return body
        heading = self.rng.choice(headings)
        self.forget(heading[0])
        return body[: heading.start(1)] + self.word() + body[heading.end(1) :]

    def drop_figure(self, body: str) -> str:
        rows = list(FIGURE.finditer(body))
        if not rows:
            return body
        row = self.rng.choice(rows)
        self.forget(row[0])
        return body[: row.start()] + body[row.end() :]

    def retitle(self, body: str) -> str:
        titles = list(re.finditer(r'title="', body))
        if not titles:
            return body
        end = self.rng.choice(titles).end()
        return f"{body[:end]}{self.word()} {body[end:]}"

    def recaption(self, body: str) -> str:
        captions = list(re.finditer(r'<div class="caption">\n  ', body))
        if not captions:
            return body
        end = self.rng.choice(captions).end()
        return f"{body[:end]}{self.word()} {body[end:]}"

    def drop_paragraph(self, body: str) -> str:
        paragraphs = [m for m in re.finditer(r"^(?![#<{| ]).+\n", body, re.MULTILINE)]
        if not paragraphs:
            return body
        one = self.rng.choice(paragraphs)
        self.forget(one[0])
        return body[: one.start()] + body[one.end() :]

    def move_paragraph(self, body: str) -> str:
        paragraphs = list(re.finditer(r"^(?![#<{| ]).+\n", body, re.MULTILINE))
        if not paragraphs:
            return body
        one = self.rng.choice(paragraphs)
        self.wrote |= set(re.findall(r"(?<![A-Za-z0-9])[sct]\d+xv*", one[0]))
        rest = body[: one.start()] + body[one.end() :]
        to = self.rng.choice([m.start() for m in re.finditer(r"^## ", rest, re.MULTILINE)] or [len(rest)])
        return f"{rest[:to]}{one[0]}\n{rest[to:]}"

    def move_figure(self, body: str) -> str:
        rows = list(FIGURE.finditer(body))
        if not rows:
            return body
        row = self.rng.choice(rows)
        self.wrote |= set(re.findall(r"(?<![A-Za-z0-9])[sct]\d+xv*", row[0]))
        rest = body[: row.start()] + body[row.end() :]
        to = self.rng.choice([m.start() for m in re.finditer(r"^## ", rest, re.MULTILINE)] or [len(rest)])
        return f"{rest[:to]}{row[0].rstrip()}\n\n{rest[to:]}"

    def paste(self, body: str) -> str:
        """A picture, as the editor pastes it."""
        at = self.chosen(body)
        return (
            f"{body[: at[1]]}\n\n![{self.word()}](../assets/img/p/{self.word()}.png)\n\n{body[at[1] :]}" if at else body
        )

    def annotate_table(self, body: str) -> str:
        rows = list(re.finditer(r"^\| (?=[st]\d+x)", body, re.MULTILINE))
        end = self.rng.choice(rows).end() if rows else 0
        return f"{body[:end]}{self.word()} {body[end:]}" if rows else body

    def append(self, body: str) -> str:
        return body.rstrip("\n") + f"\n\nAt last {self.word()}.\n"

    def split_paragraph(self, body: str) -> str:
        return body[: at[1]] + "\n\n" + body[at[1] :].lstrip(" ") if (at := self.chosen(body)) else body

    def speak_in_number(self, body: str) -> str:
        """The cursor stood between the number and its mark."""
        numbers = list(NUMBER.finditer(body))
        if not numbers:
            return body
        end = self.rng.choice(numbers).end("number")
        return f"{body[:end]} {self.word()}{body[end:]}"

    def type_over(self, body: str) -> str:
        numbers = list(NUMBER.finditer(body))
        if not numbers:
            return body
        one = self.rng.choice(numbers)
        return f"{body[: one.start()]}{self.rng.randint(100, 999)}.5{body[one.end('number') :]}"

    def type_over_cell(self, body: str) -> str:
        cells = list(re.finditer(r"(?<=\| )[\d.]+(?= +\|$)", body, re.MULTILINE))
        if not cells:
            return body
        one = self.rng.choice(cells)
        return f"{body[: one.start()]}{self.rng.randint(100, 999)}.5{body[one.end() :]}"

    def delete_mark(self, body: str) -> str:
        found = list(re.finditer(r"<!--(?:part\.key\d|claim: \w+|end)-->", body))
        if not found:
            return body
        one = self.rng.choice(found)
        return body[: one.start()] + body[one.end() :]

    def own_claim(self, body: str) -> str:
        wordings = list(re.finditer(r"wording of", body))
        if not wordings:
            return body
        start = self.rng.choice(wordings).end()
        return f"{body[:start]} {self.word()}{body[start:]}"

    def align_table(self, body: str) -> str:
        """As Prettier does."""
        tables = list(re.finditer(r"(?:^\|.*\n)+", body, re.MULTILINE))
        if not tables:
            return body
        one = self.rng.choice(tables)
        aligned = re.sub(r" \|", "     |", one[0].replace("---", "-" * 12))
        return body[: one.start()] + aligned + body[one.end() :]

    def add_row(self, body: str) -> str:
        rows = list(re.finditer(r"^\| [st]\d+x[^\n]*\n", body, re.MULTILINE))
        if not rows:
            return body
        end = self.rng.choice(rows).end()
        return f"{body[:end]}| {self.word()} | – |\n{body[end:]}"

    def front(self, text: str) -> str:
        if self.rng.random() < 0.5:
            self.forget(re.search(r"^title: .*$", text, re.MULTILINE)[0])
            return re.sub(r"^title: .*$", f"title: {self.word()}", text, count=1, flags=re.MULTILINE)
        return text.replace("\n---\n", f"\nnote{self.count}: {self.word()}\n---\n", 1)

    def forget(self, gone: str) -> None:
        """What he took away: his own words in it need not stay, the template's must not come back."""
        words = set(re.findall(r"OWN\d+Z|(?<![A-Za-z0-9])[sct]\d+xv*", gone))
        self.wrote -= words
        self.removed |= {word for word in words if not word.startswith("OWN")}
