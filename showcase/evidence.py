"""What stands behind a project's pages: its runs, figures, tables and claims, as data for `_data/evidence.json`.

Figures and tables are read off the rendered pages, so that what is listed is what a reader sees; the numbers behind a
claim are those that its judge looked at.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from showcase import shown
from showcase.catalog import entries
from showcase.claims import claims_of
from showcase.frontmatter import table
from showcase.marks import CLAIMED, unmarked
from showcase.projects import Project
from showcase.prose import configuration, day, duration, seeds
from showcase.records import records_of, run_of, runs_of
from showcase.render import EARLIER, Page
from showcase.shown import Shown
from showcase.sources import locate
from showcase.values import Values, keys


@dataclass(frozen=True)
class Watched(Values):
    """Values that remember which of them a judge looked at; to look what there is does not count."""

    seen: dict[str, None] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Any:
        self.seen[key] = None
        return super().__getitem__(key)

    def numbers(self) -> dict[str, str]:
        """The numbers at and below what was looked at, as text with intervals, each by its own key."""
        found: dict[str, str] = {}
        for looked in (key for key in self.seen if key in self):
            value = self._find(looked)
            tree = isinstance(value, list) or (isinstance(value, Mapping) and "value" not in value)
            for key in (f"{looked}.{rest}" for rest in keys(value)) if tree else [looked]:
                node = self._find(key)
                if isinstance(node, Mapping) and None not in (node.get("value"), node.get("low"), node.get("high")):
                    found[key] = f"{_short(node['value'])} [{_short(node['low'])}, {_short(node['high'])}]"
                elif isinstance(node, (int, float)):
                    found[key] = _short(node)
        return found


def _short(number: float) -> str:
    """Four digits of a measured number, all of a count."""
    text = str(int(number)) if float(number).is_integer() else f"{number:.4g}"
    return text.replace("-", "−", 1) if number < 0 else text


def section(
    root: Path, project: Project, preset: str, story: Mapping[str, str], *further: Mapping[str, str]
) -> dict[str, Any]:
    """One project's evidence. `story` and `further` are its pages by language, as the templates made them; what
    several of them show is listed for the first."""
    pages = {lang: Page(project.name, lang, root, preset) for lang in story}
    values = next(iter(pages.values())).values
    fronts = {lang: table(text) for lang, text in story.items()}
    drawings = {entry.name: entry for entry in entries(root, project)}
    modules = {part: plan.module for part, plan in project.study.PARTS.items()}
    figures, tables = [], []
    for sheet in (story, *further):
        url = {lang: table(text).get("permalink", "") for lang, text in sheet.items()}
        for one, others in _by_language({lang: shown.figures(text) for lang, text in sheet.items()}):
            if drawing := drawings.get(one.name):
                scripts = _scripts(root, [*(modules[need] for need in drawing.needs), drawing.module])
                place = {"name": one.name, "path": one.path, "url": url}
                runs = [name for name, record in records_of(project).items() if one.name in record.figures]
                figures.append(place | _entry(pages, one, others, [*runs, *drawing.needs], scripts))
        for one, others in _by_language({lang: shown.tables(text) for lang, text in sheet.items()}):
            keys = [_key(pages, name) for name in one.values if not name.startswith(EARLIER)]
            runs = list(dict.fromkeys(run_of(project, key) for key in keys))
            scripts = _scripts(root, [modules[key.split(".")[0]] for key in keys])
            tables.append({"name": one.name, "url": url} | _entry(pages, one, others, runs, scripts))
    return {
        "preset": preset,
        "title": {lang: front.get("title", project.name) for lang, front in fronts.items()},
        "url": {lang: front.get("permalink", "") for lang, front in fronts.items()},
        "runs": {part: _run(values, part) for part in values.provenance} | runs_of(project, values),
        "numbers": _numbers(project, pages, (story, *further)),
        "figures": list({entry["name"]: entry for entry in reversed(figures)}.values())[::-1],
        "tables": tables,
        "claims": [_claim(name, pages) for name in claims_of(project.name)],
    }


def _by_language(found: Mapping[str, list[Shown]]) -> list[tuple[Shown, dict[str, Shown]]]:
    """All languages show the same in the same order: the first one's, with each one's beside it."""
    rows = zip_longest(*found.values())
    return [(row[0], {lang: one for lang, one in zip(found, row, strict=True) if one}) for row in rows if row[0]]


def _numbers(project: Project, pages: Mapping[str, Page], sheets: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """What each name on the pages stands for: its key, its run, and its text by language; none of the earlier ones."""
    found: dict[str, Any] = {}
    for lang, text in ((lang, text) for sheet in sheets for lang, text in sheet.items()):
        for name, told in shown.numbers(text).items():
            if not name.startswith(EARLIER):
                key = _key(pages, name)
                found.setdefault(name, {"key": key, "run": run_of(project, key), "text": {}})["text"][lang] = told
    return dict(sorted(found.items()))


def _key(pages: Mapping[str, Page], name: str) -> str:
    return next(iter(pages.values())).names.resolve(name)[0]


def _entry(pages: Mapping[str, Page], one: Shown, by_language: Mapping[str, Shown], parts, scripts) -> dict[str, Any]:
    return {
        "title": {lang: each.title for lang, each in by_language.items()},
        "section": one.section,
        "runs": list(parts),
        "values": {_key(pages, name): told for name, told in one.values.items() if not name.startswith(EARLIER)},
        "scripts": scripts,
    }


def _run(values: Values, part: str) -> dict[str, Any]:
    run, config = values.provenance[part], values.configs.get(part, {})
    return {
        **vars(run),
        "seeds": list(run.seeds),
        "versions": dict(run.versions),
        "config": dict(config),
        "configuration": configuration(config),
        "seeds_told": seeds(run.seeds),
        "date": day(run.started),
        "duration": duration(run.seconds),
    }


def _scripts(root: Path, modules: Iterable[str]) -> list[str]:
    """The paths of these modules of the repository, each once; while Jekyll runs their last commit joins them."""
    paths = (locate(module, root) for module in dict.fromkeys(modules))
    return [path.relative_to(root).as_posix() for path in paths if path]


def _claim(name: str, pages: Mapping[str, Page]) -> dict[str, Any]:
    page = next(iter(pages.values()))
    claim, watched = claims_of(page.project)[name], Watched(**vars(page.values))
    return {
        "name": name,
        "question": dict(claim.question),
        "verdict": claim.judge(watched),
        "words": {lang: unmarked(CLAIMED.search(each.told(name))["content"]) for lang, each in pages.items()},
        "numbers": watched.numbers(),
    }
