"""The tables of one merge: `<!--table: methods--> … <!--end-->` ↔ `<!--=table: methods-->`."""

import re

from showcase import tables
from showcase.marked_numbers import Numbers
from showcase.marks import MEASURED, table, unmarked
from showcase.marks import tables as tables_in
from showcase.notes import Notes


class Tables:
    """`base` and `fresh` hold the rows by the tables' names, `mine` those that the owner has changed, in order."""

    def __init__(self, base: str, fresh: str, notes: Notes):
        self.notes = notes
        self.base, self.fresh = ({one.name: one.rows for one in tables_in(text)} for text in (base, fresh))
        self.mine: list[str] = []
        self.layouts: dict[str, str] = {}  # as the owner's editor has aligned them

    def taken_out(self, text: str) -> str:
        for one in reversed(list(tables_in(text))):
            text = f"{text[: one.start]}<!--=table: {one.name}-->{text[one.end :]}"
        return text

    def his(self, text: str) -> str:
        for one in reversed(list(tables_in(text))):
            known = self.base.get(one.name, self.fresh.get(one.name))
            if known is None:
                self.notes.orphans += [f"table {one.name}"] * bool(one.rows)
                continue
            if not one.closed:
                self.notes.advice.append(f"the table '{one.name}' had lost its <!--end-->: it is back")
            self.layouts[one.name], at = one.rows, ""
            if not one.rows or tables.touched(known, one.rows):
                at = f", {len(self.mine)}"
                self.mine.append(one.rows)
            others = f"\n\n{one.others}" if one.others else ""
            text = f"{text[: one.start]}<!--=table: {one.name}{at}-->{others}{text[one.end :]}"
        return text

    def write(self, token: re.Match, numbers: Numbers) -> str:
        name = token["table"]
        fresh, his = self.fresh.get(name), self.mine[int(token["at"])] if token["at"] else None
        base = self.base.get(name, fresh)
        if not his:
            laid_out = self.layouts.get(name, "")
            own = laid_out.split() != unmarked(base).split()  # as the editor has aligned it
            same = own and laid_out and not tables.touched(fresh or base, laid_out)
            return table(name, laid_out if same else unmarked(fresh or base))
        if fresh is None:  # the page no longer has this table: what he kept of it is his own
            self.notes.orphans.append(f"table {name}")
            return his
        joined = tables.join(base, his, fresh, self.notes)
        return table(name, numbers.taken_out(joined, numbers.mine))

    def missed(self, text: str) -> list[str]:
        """Marks of tables that the owner has taken away and that now have other rows or columns."""
        return [
            f"<!--table: {name}-->"
            for name, rows in self.fresh.items()
            if name in self.base and f"<!--table: {name}-->" not in text
            if MEASURED.sub("", rows) != MEASURED.sub("", self.base[name])
        ]
