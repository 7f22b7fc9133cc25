"""Tables in containers that scroll, as a phone needs them, and a merge that takes a container for no part of its table.

A merge takes a marked table out as a whole and knows its rows alone; what else stood between its marks would be put
behind it. So pages are merged without the containers, which are put back around what comes out.
"""

import re
from dataclasses import replace

from showcase.merge import Merged, merge
from showcase.names import Names

OPEN = '<div class="table-responsive" markdown="1">\n\n'
CLOSE = "{: .table}\n\n</div>\n"
ROWS = r"(?P<rows>(?:^\|[^\n]*\n)+)"
TABLE = re.compile(ROWS + r"(?:\{:[^}\n]*\}[ \t]*\n)?", re.MULTILINE)
CONTAINED = re.compile(re.escape(OPEN) + ROWS + re.escape(CLOSE), re.MULTILINE)
EMPTY = re.compile(r"\n\n" + re.escape(OPEN + CLOSE.rstrip("\n")))  # what earlier exports have made of a table
FENCE = re.compile(r"^(```+|~~~+).*?^\1[ \t]*$", re.DOTALL | re.MULTILINE)


def contained(text: str, besides: frozenset[str] = frozenset()) -> str:
    """Each table in a container that scrolls, with the class that gives it al-folio's looks, but for those that begin
    with a row of `besides`."""
    code = [match.span() for match in FENCE.finditer(text)]

    def around(match: re.Match) -> str:
        rows = match["rows"]
        if any(start <= match.start() < end for start, end in code) or rows.count("\n") < 2 or _head(rows) in besides:
            return match[0]
        return OPEN + rows + CLOSE

    return TABLE.sub(around, text)


def merged(last: str, mine: str, fresh: str, names: Names) -> Merged:
    """`merge` of a page that lies in the site. A table from which its owner has taken the container gets none again."""
    newline = "\r\n" if mine.count("\r\n") * 2 > mine.count("\n") else "\n"
    his = mine.replace("\r\n", "\n")
    whole = EMPTY.sub("", his)
    bare = [_head(table["rows"]) for table in TABLE.finditer(CONTAINED.sub("", whole))] if whole == his else []
    done = merge(*(CONTAINED.sub(r"\g<rows>", text) for text in (last, whole, fresh)), names)
    return replace(done, text=contained(done.text, frozenset(bare)).replace("\n", newline))


def _head(rows: str) -> str:
    return rows.partition("\n")[0]
