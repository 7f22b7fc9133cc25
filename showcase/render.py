"""A page from its template and the project's results: a pure function of files, without a model or a GPU.

Jinja's delimiters are `[[ ]]`, `[% %]` and `[# #]`, because Liquid, which reads the page next, has the usual ones.
"""

import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import jinja2

from experiments.errors import InputError
from experiments.results import Provenance
from showcase.claims import VERDICTS, claims_of, observations_of
from showcase.claims.tally import states
from showcase.commits import NONE, Script, Scripts, latest
from showcase.earlier import earlier
from showcase.projects import STORY, stem
from showcase.prose import attribute, configuration, day, duration, flow, quoted, seeds
from showcase.values import Style, Values

TEMPLATES = Path("showcase/templates")
VERDICT_WORDS = {
    "en": {"holds": "confirmed", "fails": "not confirmed", "undecided": "open"},
    "zh": {"holds": "成立", "fails": "不成立", "undecided": "未定"},
}
# A description shorter than this tells a reader who cannot see the picture nothing; Chinese says more in a character.
SHORTEST_ALT = {"en": 25, "zh": 12}


def render(project: str, lang: str, *, root: Path, preset: str, sheet: str = STORY) -> str:
    """The page as Markdown. Raises InputError for a missing template, value, claim or picture, or a broken template."""
    return Page(project, lang, Path(root), preset, sheet=sheet).text()


@dataclass(frozen=True)
class Page:
    """One project in one language under one preset; also answers a merge (showcase.spans.Lookup)."""

    project: str
    lang: str
    root: Path
    preset: str
    scripts: Scripts = NONE  # behind its runs and figures
    sheet: str = STORY

    def __post_init__(self):
        template = f"{stem(self.project, self.lang, self.sheet)}.md.j2"
        values = Values.load(self.root / "results" / self.project / self.preset).within(template)
        object.__setattr__(self, "template", template)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "environment", self._environment())
        object.__setattr__(self, "setups", {})

    def text(self) -> str:
        """Render the page's template."""
        return self._made(self.template)

    def number(self, attributes: Mapping[str, str]) -> str | None:
        """A measured number that only the owner's sentences still show; None when it is no longer measured."""
        try:
            return self.values.write(attributes["value"], Style.parse(attributes))
        except InputError:
            return None

    def claim(self, name: str) -> str | None:
        """The span of a claim that only the owner's sentences still make; None when there is no such claim."""
        try:
            return self.told(name)
        except InputError:
            return None

    def _environment(self) -> jinja2.Environment:
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(self.root / TEMPLATES),
            block_start_string="[%",
            block_end_string="%]",
            variable_start_string="[[",
            variable_end_string="]]",
            comment_start_string="[#",
            comment_end_string="#]",
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        environment.globals.update(
            project=self.project,
            lang=self.lang,
            preset=self.preset,
            measured=self.values.measured,
            number=self.values.number,
            interval=self.values.interval,
            value=self.values.__getitem__,
            names=self.values.names,
            known=self.values.__contains__,
            earlier=self._earlier,
            earlier_text=lambda key: earlier(f"{self.project}.{key}"),
            claim=self.told,
            verdict=lambda name: self.told(f"{name}:verdict"),
            states=self._states,
            picture=self._picture,
            described=self._described,
            provenance=self._provenance,
            provenances=self.values.provenance.values(),
            configuration=self._configuration,
            last_commit=self._last_commit,
        )
        environment.filters.update(attribute=attribute, flow=flow, yaml=quoted, duration=duration, day=day, seeds=seeds)
        return environment

    def _made(self, name: str) -> str:
        try:
            return self.environment.get_template(name).render()
        except jinja2.TemplateNotFound as error:
            path = TEMPLATES / str(error.name)
            raise InputError(f"{path}: missing template; `git checkout -- {path}` brings it back") from error
        except jinja2.TemplateSyntaxError as error:
            raise InputError(f"{TEMPLATES / (error.name or name)}:{error.lineno}: {error.message}") from error
        except (jinja2.UndefinedError, TypeError) as error:
            raise InputError(f"{self._place(error, name)}: {error}") from error

    def _place(self, error: Exception, name: str) -> str:
        """Template and line where rendering failed: the innermost frame that lies in a template."""
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
        return f"{TEMPLATES / Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else name

    def told(self, name: str) -> str:
        """A claim's sentence, or, as `name:verdict`, its verdict in a word."""
        claims = claims_of(self.project)
        plain, _, short = name.partition(":")
        if plain not in claims or short not in ("", "verdict"):
            raise InputError(f"{self.template}: no claim '{name}' (known: {', '.join(claims) or 'none'})")
        where = f"{self.project}.claims.j2 ({plain})"
        verdict = claims[plain].judge(self.values.within(where))
        if verdict not in VERDICTS:
            raise InputError(f"{where}: its judge answers {verdict!r}, not one of {', '.join(VERDICTS)}")
        wording = VERDICT_WORDS if short else claims[plain].wording
        if self.lang not in wording:
            raise InputError(f"{where}: no wording in '{self.lang}'")
        try:
            shared = {} if short else self._shared(claims[plain].setup)
            words = flow(self.environment.from_string(wording[self.lang][verdict]).render(shared))
        except jinja2.TemplateError as error:
            raise InputError(f"{where}: wording for '{verdict}' in '{self.lang}': {error}") from error
        return f'<span data-claim="{escape(name)}" data-verdict="{verdict}">{words}</span>'

    def _states(self) -> list[str]:
        """Of each observation of the first implementation: holds, depends, undecided or fails."""
        judges = {name: claim.judge for name, claim in claims_of(self.project).items()}
        return states(self.values, judges, observations_of(self.project))

    def _shared(self, setup: str) -> dict[str, Any]:
        """Names and macros that all wordings use, made once: they are long."""
        if setup not in self.setups:
            self.setups[setup] = vars(self.environment.from_string(setup).make_module())
        return self.setups[setup]

    def _earlier(self, key: str) -> str:
        """A number of the first write-up, marked as quoted and not measured."""
        full = f"{self.project}.{key}"
        return f'<span class="quoted" data-earlier="{full}">{escape(earlier(full))}</span>'

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

    def _configuration(self, part: str) -> list[str]:
        """The settings of a run as "key = value"."""
        return configuration(self.values.configs.get(part, {}))

    def _last_commit(self, parts: list[str], figures: list[str]) -> Script | None:
        """The newest of the last commits of the scripts behind runs and figures; None while one has none."""
        return latest(self.scripts.behind(parts, figures))
