"""Measured tables, merged cell by cell: what the owner changed in a cell stays, every other cell is the fresh one.

Rows and columns are known by what they hold, so that alignment, new rows and new columns on either side do no harm.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from showcase.marks import CLAIMED, MEASURED, SHAPE, numbers, unmarked
from showcase.notes import Notes

RULE = re.compile(r"[ \t]*\|?(?:[ \t]*:?-+:?[ \t]*\|)*[ \t]*:?-+:?[ \t]*\|?[ \t]*\Z")
CELL = re.compile(r"(?:<!--.*?-->|\\.|\$\$.*?\$\$|`[^`]*`|[^|\\])*")


@dataclass
class Grid:
    """A table's cells, its columns' alignment, its first row being the heads."""

    rows: list[list[str]]
    rules: list[str]

    @classmethod
    def read(cls, text: str) -> "Grid":
        rows, rules = [], []
        for line in text.strip().splitlines():
            if len(rows) == 1 and not rules and RULE.fullmatch(line):
                rules = [_rule(cell) for cell in _cells(line)]
            else:
                rows.append(_cells(line))
        width = max(map(len, rows), default=0)
        return cls([row + [""] * (width - len(row)) for row in rows], rules + ["---"] * (width - len(rules)))

    def write(self) -> str:
        lines = ["| " + " | ".join(row) + " |" for row in self.rows]
        lines.insert(1, "|" + "|".join(self.rules) + "|")
        return "\n".join(re.sub(r"\|  (?=\|)", "| ", line) for line in lines)

    def shown(self) -> list[list[str]]:
        """What a reader sees in the cells."""
        return [[unmarked(cell).strip() for cell in row] for row in self.rows]


def touched(base: str, mine: str) -> bool:
    """Has the owner changed more than the alignment?"""
    return Grid.read(base).shown() != Grid.read(mine).shown()


def join(base: str, mine: str, fresh: str, notes: Notes) -> str:
    """Three versions of a table's rows as one; `base` and `fresh` may hold the marks of the memory."""
    old, his, new = (Grid.read(text) for text in (base, mine, fresh))
    if his.shown() in (old.shown(), new.shown()):
        return mine if his.shown() == new.shown() else unmarked(new.write())
    rows = list(_order(old.rows, his.rows, new.rows, [" ".join(row) for row in his.shown()]))
    turned = [[list(column) for column in zip(*grid.rows, strict=True)] for grid in (old, his, new)]
    columns = list(_order(*turned, [column[0] for column in map(list, zip(*his.shown(), strict=True))], heads=True))
    cells = [
        [
            _cell(notes, *(_at(g, r, c) for g, r, c in zip((old, his, new), row, column, strict=True)))
            for column in columns
        ]
        for row in rows
    ]
    rules = [new.rules[f] if f is not None else his.rules[m] for _, m, f in columns]
    text = Grid(cells, rules).write()
    return mine if Grid.read(text).rows == his.rows else text


def _order(old: Sequence, his: Sequence, new: Sequence, his_texts: list[str], heads: bool = False) -> Iterator:
    """Rows or columns of the merged table, each as its places in the three versions: the fresh ones in their order, the
    owner's own behind their neighbours."""

    def texts(lines: Sequence) -> list[str]:
        return [unmarked(line[0] if heads else " ".join(line)).strip() for line in lines]

    labels = [[unmarked(line[0]).strip() for line in lines] for lines in (old, his, new)]
    mine, ours = (dict(_paired(labels[0], others, heads)) for others in labels[1:])
    back, there = ({j: i for i, j in pairs.items()} for pairs in (ours, mine))
    found: list[tuple[int | None, int | None, int | None]] = []
    for f in range(len(new)):
        if (b := back.get(f)) is None or b in mine:
            found.append((b, mine.get(b), f))
    same = set(texts(new))
    for m in range(len(his)):
        b = there.get(m)
        if b in ours or (b is None and his_texts[m] in same) or (b is not None and his_texts[m] == texts(old)[b]):
            continue
        place = next(
            (i + 1 for n in reversed(range(m)) for i, each in enumerate(found) if each[1] == n), len(found) if m else 0
        )
        found.insert(place, (b, m, None))
    return iter(found)


def _paired(old: list[str], new: list[str], heads: bool) -> list[tuple[int, int]]:
    """Which label has become which: equal ones in their order, between them those of which one holds the other.

    What stands in its place under another label is another row: a number must not get under a foreign label.
    """
    first = 0 if heads else 1  # the heads are the first row whatever they say
    blocks = SequenceMatcher(None, old[first:], new[first:], autojunk=False).get_matching_blocks()
    pairs, i, j = ([] if heads else [(0, 0)]), first, first
    for a, b, size in blocks:
        for p in range(i, a + first):
            q = next((q for q in range(j, b + first) if _alike(old[p], new[q])), None)
            if q is not None:
                pairs.append((p, q))
                j = q + 1
        pairs += [(a + first + k, b + first + k) for k in range(size)]
        i, j = a + first + size, b + first + size
    return pairs


def _alike(one: str, other: str) -> bool:
    within = any(re.search(rf"(?<!\w){re.escape(a)}(?!\w)", b) for a, b in ((one, other), (other, one)) if a)
    return within or SequenceMatcher(None, one, other).ratio() > 0.6


def _at(grid: Grid, row: int | None, column: int | None) -> str | None:
    return None if row is None or column is None else grid.rows[row][column]


def _cell(notes: Notes, old: str | None, his: str | None, new: str | None) -> str:
    if his is None:
        return unmarked(new or "").strip()
    base, fresh = (None if cell is None else unmarked(cell).strip() for cell in (old, new))
    if fresh is None:  # a row or column of his own; what was measured in it stays bound
        return _bound(old) if old is not None and his == base else his
    if base is None:
        return his or fresh
    if unmarked(his).strip() in (base, fresh):
        return fresh
    for was, now in _numbers(old, new):
        bounded = rf"(?<![\d.,]){re.escape(was)}(?![.,]?\d)"
        if re.search(bounded, his):
            his = re.sub(bounded, lambda _, now=now: now, his, count=1)
        elif re.fullmatch(SHAPE, his):
            notes.typed_over.append(his)
            return fresh
    if base != fresh and not _numbers(old, new):
        notes.offered.append(fresh)
    return his


def _numbers(old: str, new: str) -> list[tuple[str, str]]:
    """What was measured in a cell before and is now, by name; a cell that is a number without marks is one."""
    was, now = (
        numbers(cell) | {found["name"]: unmarked(found["content"]) for found in CLAIMED.finditer(cell)}
        for cell in (old, new)
    )
    if not was and re.fullmatch(SHAPE, old.strip()) and re.fullmatch(SHAPE, unmarked(new).strip()):
        return [(old.strip(), unmarked(new).strip())]
    return [(text, now[name]) for name, text in was.items() if name in now]


def _bound(cell: str) -> str:
    """The cell with its numbers marked as in prose; a name with a bar in it would be a cell of its own."""
    return MEASURED.sub(lambda m: m["text"] if "|" in m["name"] else f"{m['text']}<!--{m['name']}-->", cell)


def _cells(line: str) -> list[str]:
    line = line.strip().removeprefix("|")
    found, position = [], 0
    while position < len(line):
        match = CELL.match(line, position)
        found.append(match[0].strip())
        position = match.end() + 1
    return found


def _rule(cell: str) -> str:
    return (":" if cell.startswith(":") else "") + "---" + (":" if cell.endswith(":") else "")
