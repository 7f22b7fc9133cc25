"""What `--check` finds about the marks on a page, and in the files that say what the names of numbers stand for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from experiments.errors import InputError
from showcase import standing
from showcase.claims import claims_of
from showcase.jinja import TEMPLATES
from showcase.liquid import Fault
from showcase.loosened import loosened
from showcase.marks import CLAIM, CLAIMED, END, NUMBER, numbers, tables
from showcase.migration import OLD
from showcase.names import Names
from showcase.projects import LANGUAGES, STORY, Project
from showcase.render import EARLIER
from showcase.values import Values

ANEW = "`python build_figures.py --only pages --force`"  # nothing that a page rests on has changed


@dataclass(frozen=True)
class Known:
    """What the build knows of one page: its names, the last renders of its project, its results."""

    root: Path
    project: Project
    lang: str
    sheet: str = STORY

    @cached_property
    def names(self) -> Names:
        return Names.load(self.root, self.project.name, self.lang)

    @cached_property
    def renders(self) -> dict[str, str]:
        paths = {lang: self.root / self.project.last_render(lang, self.sheet) for lang in LANGUAGES}
        return {lang: path.read_text(encoding="utf-8") for lang, path in paths.items() if path.is_file()}

    @cached_property
    def texts(self) -> dict[str, str]:
        """The texts of the page's numbers, by name."""
        return numbers(self.renders.get(self.lang, ""))

    @cached_property
    def verdicts(self) -> dict[str, str]:
        return {found["name"]: found["verdict"] for found in CLAIMED.finditer(self.renders.get(self.lang, ""))}

    @cached_property
    def results(self) -> list[Values]:
        """Of every preset that has run; read only for a name that the last render does not have."""
        found = []
        for folder in sorted((self.root / "results" / self.project.name).glob("*/")):
            try:
                found.append(Values.load(folder))
            except InputError:
                continue
        return found

    def measures(self, name: str) -> bool:
        if name in self.texts or name.startswith(EARLIER):
            return True
        key, _ = self.names.resolve(name)
        return any(key in values for values in self.results)

    def claims(self, name: str) -> bool:
        return name in self.verdicts or name.partition(":")[0] in claims_of(self.project.name)


def faults(text: str, known: Known) -> Iterator[Fault]:
    """Of one page; `text` has plain line ends. A page without a memory was never built, so it has none."""
    if known.lang not in known.renders:
        return
    if found := OLD.search(text):
        words = f"numbers and claims stand in spans, the first format: {ANEW} carries them over"
        yield Fault(found.start(), found.end(), words, advice=True)
        return
    yield from _numbers(text, known)
    yield from _claims(text, known)
    yield from _tables(text, known)
    for start, words in loosened(known.renders[known.lang], text):
        yield Fault(start, start, words, advice=True)


def _numbers(text: str, known: Known) -> Iterator[Fault]:
    for at, (before, mark) in enumerate(standing.marks(NUMBER, text)):
        name = mark["name"]
        if "|" in name and known.names.entries:  # a project without such a file binds in full by choice
            told = f"this number has no name, and bars make its paragraph a table: add a line to {known.names.path}"
            yield Fault(*mark.span(), told)
        written = known.texts.get(name, known.texts.get(known.names.canonical(name)))
        kind, _, number = standing.standing(before, [written] if written else [], not at)
        if kind == standing.SECOND:
            words = f"two names stand behind one number, {mark[0]} being the second: keep one of them"
            yield Fault(*mark.span(), words)
        elif kind == standing.TYPED and not known.measures(name):
            used = [*known.texts, *(each for values in known.results for each in values.tree)]
            yield Fault(*mark.span(), f"no number has the name '{name}'{known.names.nearest(name, used)}")
        elif kind == standing.TYPED:
            told = f", which is {written}" if written else ""
            words = f"{number} is not what '{name}' measures{told}: {ANEW} sets it right"
            yield Fault(*mark.span(), words)
        elif kind == standing.NOTHING and re.search(r"[\w%]\Z", before) and known.measures(name):
            words = f"no number stands before {mark[0]}: {ANEW} takes the mark away or writes the number"
            yield Fault(*mark.span(), words, advice=True)


def _claims(text: str, known: Known) -> Iterator[Fault]:
    for before, mark in standing.marks(CLAIM, text):
        name, was = mark["name"], mark["verdict"] if mark["was"] else None
        now = known.verdicts.get(name, "")
        if not known.claims(name):
            yield Fault(*mark.span(), f"no claim has the name '{name}'")
        elif was not in (None, now) and now:
            words = " ".join(re.sub(r"<[^<>]*>", "", before[before.rfind("\n") + 1 :]).split())
            told = f"you reworded '{name}' when it was '{was}', and now it is '{now}': {words[-120:]}"
            yield Fault(*mark.span(), f"{told} (once the words fit, delete ', was {was}')")


def _tables(text: str, known: Known) -> Iterator[Fault]:
    made = {one.name for one in tables(known.renders[known.lang])}
    seen: set[str] = set()
    inside = []
    for one in tables(text):
        inside.append((one.start, one.end))
        if not one.closed:
            cure = "\n<!--end-->\n" if one.rows else None
            yield Fault(one.end, one.end, f"the table '{one.name}' has no <!--end--> behind its last row", cure)
        if one.name in seen:
            yield Fault(one.start, one.start, f"two tables have the name '{one.name}'")
        elif one.name not in made:
            words = f"no table of this page has the name '{one.name}': it stays as it is"
            yield Fault(one.start, one.start, words, advice=True)
        seen.add(one.name)
    for end in END.finditer(text):
        if not any(start < end.end() <= stop for start, stop in inside):
            yield Fault(*end.span(), "an <!--end--> without its <!--table: …-->")


def name_faults(known: Known) -> list[tuple[int, Fault]]:
    """Of a project's file of names, with their lines: keys that no run has, names without use."""
    names, found = known.names, []
    sheets = [replace(known, sheet=sheet) for sheet in known.project.sheets]
    used = {name for one in sheets for text in one.renders.values() for name in numbers(text)}
    used |= {mark["name"] for page in _pages(known) for mark in NUMBER.finditer(page)}
    words = "".join(path.read_text(encoding="utf-8") for path in _templates(known))
    for entry in names.unused(used) if known.renders else ():
        if not any(entry.leads_to(values) for values in known.results):
            found.append((entry.line, Fault(0, 0, f"'{entry.name}': no result has {entry.key}")))
        elif not re.search(rf"[.\"]{re.escape(entry.last_step)}\b", words):
            told = f"'{entry.name}' is used on no page and in no wording: delete the line, or use it"
            found.append((entry.line, Fault(0, 0, told, advice=True)))
    return found


def _pages(known: Known) -> list[str]:
    paths = (known.root / known.project.page(lang, sheet) for sheet in known.project.sheets for lang in LANGUAGES)
    return [path.read_text(encoding="utf-8", errors="replace") for path in paths if path.is_file()]


def _templates(known: Known) -> list[Path]:
    """What is written for the project, also for verdicts that were not reached."""
    return sorted((known.root / TEMPLATES).glob(f"{known.project.name}.*.j2"))
