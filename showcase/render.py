"""A page from its template and the project's results: a pure function of files, without a model or a GPU."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import jinja2

from experiments.errors import InputError
from experiments.results import Provenance
from showcase import jinja
from showcase.claims import VERDICTS, claims_of, observations_of
from showcase.claims.tally import states
from showcase.earlier import earlier, earlier_of
from showcase.jinja import TEMPLATES
from showcase.marks import claim, number
from showcase.names import Names
from showcase.projects import STORY, stem
from showcase.prose import attribute, day, duration, flow, harmless, quoted
from showcase.values import Style, Values

EARLIER = "earlier."  # names of numbers that the first write-up states
VERDICT_WORDS = {
    "en": {"holds": "confirmed", "fails": "not confirmed", "undecided": "open"},
    "zh": {"holds": "成立", "fails": "不成立", "undecided": "未定"},
}
# A description shorter than this tells a reader who cannot see the picture nothing; Chinese says more in a character.
SHORTEST_ALT = {"en": 25, "zh": 12}


def render(project: str, lang: str, *, root: Path, preset: str, sheet: str = STORY) -> str:
    """The page with all its marks, as the memory keeps it.

    Raises InputError for a missing template, value, claim or picture, or a broken template.
    """
    return Page(project, lang, Path(root), preset, sheet).text()


@dataclass(frozen=True)
class Page:
    """One project in one language under one preset; also answers a merge (showcase.binding.Lookup)."""

    project: str
    lang: str
    root: Path
    preset: str
    sheet: str = STORY

    def __post_init__(self):
        template = f"{stem(self.project, self.lang, self.sheet)}.md.j2"
        values = Values.load(self.root / "results" / self.project / self.preset).within(template)
        object.__setattr__(self, "template", template)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "names", Names.load(self.root, self.project, self.lang))
        object.__setattr__(self, "environment", self._environment())
        object.__setattr__(self, "setups", {})

    def text(self) -> str:
        """Render the page's template."""
        return jinja.made(self.environment, self.template)

    def number(self, name: str) -> str | None:
        """The text of a number by its name, or of one bound in full; None when it is not measured."""
        try:
            if name.startswith(EARLIER):
                return harmless(earlier(f"{self.project}.{name.removeprefix(EARLIER)}"))
            return self.values.write(*self.names.resolve(name))
        except InputError:
            return None

    def canonical(self, name: str) -> str:
        """The one name of a number that is bound in full."""
        return name if name.startswith(EARLIER) else self.names.canonical(name)

    def claim(self, name: str) -> str | None:
        """A claim that only the owner's sentences still make; None when there is no such claim."""
        try:
            return self.told(name)
        except InputError:
            return None

    def _environment(self) -> jinja2.Environment:
        environment = jinja.environment(self.root / TEMPLATES)
        environment.globals.update(
            project=self.project,
            lang=self.lang,
            preset=self.preset,
            measured=self._measured,
            number=lambda *given, **settings: self._number(*given, **settings)[1],
            interval=lambda key, fmt="", **settings: self._measured(key, f"[{fmt}]", **settings),
            value=self.values.__getitem__,
            names=self.values.names,
            known=self.values.__contains__,
            configured=lambda part, key: self.values.configs[part][key],
            earlier=self._earlier,
            earlier_text=lambda key: earlier(f"{self.project}.{key}"),
            verdicts_before=earlier_of(self.project).get,
            claim=self.told,
            verdict=lambda name: self.told(f"{name}:verdict"),
            judged=self._judged,
            states=self._states,
            picture=self._picture,
            described=self._described,
            provenance=self._provenance,
            provenances=self.values.provenance.values(),
        )
        environment.filters.update(
            attribute=attribute,
            flow=flow,
            yaml=quoted,
            duration=partial(duration, lang=self.lang),
            day=day,
            harmless=harmless,
        )
        return environment

    def told(self, name: str) -> str:
        """A claim's sentence, or, as `name:verdict`, its verdict in a word."""
        claims = claims_of(self.project)
        plain, _, short = name.partition(":")
        if plain not in claims or short not in ("", "verdict"):
            raise InputError(f"{self.template}: no claim '{name}' (known: {', '.join(claims) or 'none'})")
        where = f"{self.project}.claims.j2 ({plain})"
        verdict = self._judged(plain)
        wording = VERDICT_WORDS if short else claims[plain].wording
        if self.lang not in wording:
            raise InputError(f"{where}: no wording in '{self.lang}'")
        try:
            shared = {} if short else self._shared(claims[plain].setup)
            words = flow(self.environment.from_string(wording[self.lang][verdict]).render(shared))
        except jinja2.TemplateError as error:
            raise InputError(f"{where}: wording for '{verdict}' in '{self.lang}': {error}") from error
        return claim(words, name, verdict)

    def _judged(self, name: str) -> str:
        """A claim's verdict, one of VERDICTS."""
        where = f"{self.project}.claims.j2 ({name})"
        verdict = claims_of(self.project)[name].judge(self.values.within(where))
        if verdict not in VERDICTS:
            raise InputError(f"{where}: its judge answers {verdict!r}, not one of {', '.join(VERDICTS)}")
        return verdict

    def _states(self) -> list[str]:
        """Of each observation of the first implementation: holds, depends, undecided or fails."""
        return states(self._judged, observations_of(self.project))

    def _shared(self, setup: str) -> dict[str, Any]:
        """Names and macros that all wordings use, made once: they are long."""
        if setup not in self.setups:
            self.setups[setup] = vars(self.environment.from_string(setup).make_module())
        return self.setups[setup]

    def _number(self, key: str, fmt: str = "", scale: float = 1, unit: str = "") -> tuple[str, str]:
        """Name and text of a number: by its name, or by its key and how to write it; the file of names knows better."""
        known = key not in self.values and self.names.named(key)
        name = key if known else self.names.name(key, Style(fmt, scale, unit))
        return name, self.values.write(*self.names.resolve(name))

    def _measured(self, *given, **settings) -> str:
        name, text = self._number(*given, **settings)
        return number(text, name)

    def _earlier(self, key: str) -> str:
        """A number of the first write-up, marked as quoted and not measured."""
        return number(harmless(earlier(f"{self.project}.{key}")), EARLIER + key)

    def _picture(self, name: str) -> str:
        """Path of a picture of this project, in this page's language where there is one; raises InputError when the
        build has not made it."""
        path = Path("assets/img", self.project, name)
        own = path.with_suffix(f".{self.lang}{path.suffix}")
        path = own if (self.root / own).is_file() else path
        if not (self.root / path).is_file():
            raise InputError(
                f"{self.template}: {path} does not exist; `python build_figures.py --only {self.project}` makes it"
            )
        return path.as_posix()

    def _described(self, alt: str) -> str:
        """An alternative text that says something."""
        if len(alt.strip()) < SHORTEST_ALT.get(self.lang, 25):
            raise InputError(f"{self.template}: alt text '{alt.strip()}' is too short to describe a picture")
        return alt

    def _provenance(self, part: str) -> Provenance:
        if part not in self.values.provenance:
            known = ", ".join(self.values.provenance)
            raise InputError(f"{self.template}: no result '{part}' in {self.values.source} (known: {known})")
        return self.values.provenance[part]
