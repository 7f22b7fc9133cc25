"""The projects on show. A new one: a line in PROJECTS, a study, a figures file, a template per page and language."""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

from experiments.errors import InputError

LANGUAGES = ("en", "zh")
STORY, STUDY = "", "study"  # a project's sheets: the page that tells it, and the one that holds all there is


@dataclass(frozen=True)
class Project:
    """Where the things of one project live; paths are relative to the repository's root."""

    name: str
    appendix: bool = False  # has a second page, with every table, interval and proof that the story leaves out

    @property
    def sheets(self) -> tuple[str, ...]:
        """Its pages in a language, the story first."""
        return (STORY, STUDY) if self.appendix else (STORY,)

    @property
    def study(self) -> ModuleType:
        """PRESETS_FILE and PARTS; importing it loads nothing heavy."""
        return _import(f"experiments.{self.name}.study")

    @property
    def exports(self) -> dict:
        """What the study gives to visitors' browsers besides pictures, by name; most give nothing."""
        return getattr(self.study, "EXPORTS", {})

    @property
    def drawings(self) -> tuple:
        """The project's `Drawing`s, in the order of the story."""
        return _import(f"experiments.{self.name}.figures").FIGURES

    @property
    def records(self) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
        """What a command of its own has measured: its name → the keys of results that hold it, the figures of it."""
        return getattr(self.study, "RECORDS", {})

    def result(self, preset: str, part: str) -> Path:
        return Path("results", self.name, preset, f"{part}.json")

    @property
    def pictures(self) -> Path:
        return Path("assets/img", self.name)

    def page(self, lang: str, sheet: str = STORY) -> Path:
        return Path("_projects", f"{stem(self.name, lang, sheet)}.md")

    def last_render(self, lang: str, sheet: str = STORY) -> Path:
        """What the templates gave last time: the common ancestor that the owner's edits are merged against."""
        return Path("showcase/renders", f"{stem(self.name, lang, sheet)}.md")

    def template(self, lang: str, sheet: str = STORY) -> Path:
        return Path("showcase/templates", f"{stem(self.name, lang, sheet)}.md.j2")


PROJECTS = (
    Project("video_diffusion", appendix=True),
    Project("pzodmc", appendix=True),
)


def stem(name: str, lang: str, sheet: str = STORY) -> str:
    """The name of a page's files without their ends: `walks.en`, `walks.study.en`."""
    return ".".join(filter(None, (name, sheet, lang)))


def find(name: str) -> Project:
    return next(project for project in PROJECTS if project.name == name)


def _import(module: str) -> ModuleType:
    """Import a project's module; a mistake in it is told in one line, with its place."""
    try:
        return import_module(module)
    except SyntaxError as error:
        raise InputError(f"{error.filename}:{error.lineno}: not valid Python ({error.msg})") from error
    except ModuleNotFoundError as error:
        if error.name and module.startswith(error.name):
            path = module.replace(".", "/")
            raise InputError(f"{path}.py is missing: showcase/projects.py lists this project") from error
        raise
