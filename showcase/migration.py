"""Pages of the first format, with numbers and claims in spans, carried over into marks without losing a word.

    <span class="measured" data-value="a.b" data-format=".1f">3.5</span>      → 3.5<!--name-->
    <span data-claim="faster" data-verdict="holds">It is.</span>              → It is.<!--claim: faster-->

Tables get their marks; how to make a figure again, which the site now adds by itself, leaves the page, but for what the
owner wrote into it.
"""

import re
from html import unescape

from showcase.marks import CLAIMED, ROWS, claim, number, plain, table, tables, unmarked
from showcase.values import Style

SPAN = re.compile(r'<span\b(?P<attributes>[^<>]*\bdata-value="[^"]*"[^<>]*)>(?P<text>[^<>]*)</span>')
QUOTED = re.compile(r'<span\b[^<>]*\bdata-earlier="[^"]*?\.(?P<key>[^"]*)"[^<>]*>(?P<text>[^<>]*)</span>')
OPENING = re.compile(r'<span\b(?P<attributes>[^<>]*\bdata-(?:claim|value|earlier)="[^"]*"[^<>]*)>')
CLAIM = re.compile(
    r'<span\b(?P<attributes>[^<>]*\bdata-claim="[^"]*"[^<>]*)>(?P<content>(?:(?!</?span\b|\n[ \t]*\n).)*)</span>',
    re.DOTALL,
)
ATTRIBUTE = re.compile(r'\bdata-([a-z]+)="([^"]*)"')
RUNS = re.compile(r'^<details class="reproduce">\n(?P<inside>.*?)^</details>\n?', re.DOTALL | re.MULTILINE)
BUILT = re.compile(r"<summary>.*</summary>|<p>(?:[^<]*<code>[^<]*</code>){1,2}[^<\w]*(?:[\d-]*.)?</p>")
OLD = re.compile(r'<span\b[^<>]*\bdata-(?:claim|value|earlier)="|^<details class="reproduce">', re.MULTILINE)


def migrated(base: str, mine: str, fresh: str, lookup=None) -> tuple[str, str]:
    """The memory and the page in the present format; what is in it already stays as it is."""
    runs = {line for one in RUNS.finditer(base) for line in one["inside"].splitlines()}
    his = _carried(mine, fresh, lookup, runs, own=True) if OLD.search(mine) else None
    if OLD.search(base):
        base = _carried(base, fresh, lookup, runs)
    return base, mine if his is None else plain(_reworded(his, base, fresh))


def _reworded(his: str, base: str, fresh: str) -> str:
    """With the verdict under which they were written at claims whose words are the owner's."""
    ours = {(m["name"], unmarked(m["content"])) for text in (base, fresh) for m in CLAIMED.finditer(text)}

    def write(match: re.Match) -> str:
        if (match["name"], unmarked(match["content"])) in ours:
            return match[0]
        return f"{match['content']}<!--claim: {match['name']}, was {match['verdict']}-->"

    return CLAIMED.sub(write, his)


def _carried(text: str, fresh: str, lookup, runs: set[str], own: bool = False) -> str:
    def measured(match: re.Match) -> str:
        given = dict(ATTRIBUTE.findall(match["attributes"]))
        given = [given["value"], *(given.get(part, "") for part in ("format", "scale", "unit"))]
        key, style = Style.unbound("|".join(map(unescape, given)))
        name = style.bound(key)
        return number(match["text"], lookup.canonical(name) if lookup else name)

    def kept(match: re.Match) -> str:
        """Lines that no build wrote: all but those of the memory, or, without it, those that look like them."""
        lines = (line for line in match["inside"].splitlines() if own and line.strip())
        his = [line for line in lines if (line not in runs if runs else not BUILT.fullmatch(line))]
        return "".join(re.sub(r"</?(?:p|summary)>", "", line).strip() + "\n\n" for line in his)

    text = re.sub(RUNS.pattern + r"\n?", kept, text, flags=RUNS.flags)
    text = SPAN.sub(measured, text)
    text = QUOTED.sub(lambda match: number(match["text"], f"earlier.{match['key']}"), text)
    return _tables(_claims(text), fresh)


def _claims(text: str) -> str:
    """Claim spans as claims, inner ones first; a span that does not close within its paragraph leaves its words."""

    def carried(match: re.Match) -> str:
        given = dict(ATTRIBUTE.findall(match["attributes"]))
        return claim(match["content"], given["claim"], given.get("reworded") or given.get("verdict", ""))

    while (changed := CLAIM.sub(carried, text)) != text:
        text = changed
    return OPENING.sub("", text)


def _tables(text: str, fresh: str) -> str:
    """Marks around each table that shows something measured, under the name that the fresh page has for the one that
    shows most of the same."""
    text = re.sub(r"(?<=\|\n)\{: \.table\}[ \t]*\n", "", text)
    new = {one.name: _shown(one.rows) for one in tables(fresh)}
    found = {rows: _shown(rows[0]) for rows in ROWS.finditer(text)}
    names: dict[int, str] = {}
    for rows, shown in sorted(found.items(), key=lambda pair: -len(pair[1])):
        like = {name: len(shown & held) for name, held in new.items() if name not in names.values()}
        best = max(like, key=like.__getitem__, default="")
        if shown:
            names[rows.start()] = best if best and like[best] else f"before-{len(names) + 1}"
    for rows in (rows for rows in reversed(found) if rows.start() in names):
        text = f"{text[: rows.start()]}{table(names[rows.start()], rows[0])}\n{text[rows.end() :]}"
    return text


def _shown(rows: str) -> set[str]:
    """What the cells of a table are bound to."""
    return set(re.findall(r"<!--(?!number-->|claim-->)([^<>,]*)", rows))
