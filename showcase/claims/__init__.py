"""Claims: statements whose wording follows the measurement.

A claim asks a question of the results. Its judge answers holds, fails, or undecided (the gap lies within the noise of
the seeds), and the page says what the wording for that verdict says. A failed claim is news, not a failed test.

A project's claims stand in `showcase/templates/<project>.claims.j2`, YAML whose texts are templates:

    setup: names and macros for the wordings
    suggested: {claim_name: the claim that names its condition, or nothing}   # see tally
    claim_name:
      judge: less("runs.fast.seconds", "runs.slow.seconds")                   # see judging
      question: {en: …, zh: …}
      en: {holds: …, fails: …, undecided: …}
    elsewhere: …                                                              # see elsewhere
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from inspect import ismodule
from pathlib import Path
from typing import Any

from experiments.errors import InputError
from showcase import fast_yaml
from showcase.claims.elsewhere import There
from showcase.claims.judging import Judge
from showcase.claims.verdicts import FAILS, HOLDS, UNDECIDED, VERDICTS

__all__ = ["FAILS", "HOLDS", "UNDECIDED", "VERDICTS", "Claim", "claims_of", "observations_of", "read"]

WORDINGS = Path(__file__).parents[1] / "templates"


@dataclass(frozen=True)
class Claim:
    """`question` and `wording` are by language; a wording is a template and may hold measured numbers itself.

    `setup` is a template too: the names and macros that the wordings of one project share.
    """

    name: str
    question: Mapping[str, str]  # language -> the question that the judge answers
    judge: Judge | There
    wording: Mapping[str, Mapping[str, str]]  # language -> verdict -> template
    setup: str = ""


@cache
def claims_of(project: str) -> dict[str, Claim]:
    """The project's claims by name; a project without a file of claims has none."""
    path, helpers = WORDINGS / f"{project}.claims.j2", {}
    if find_spec(f"{__name__}.{project}"):
        module = import_module(f"{__name__}.{project}")
        parts = (one for one in vars(module).values() if ismodule(one) and one.__name__.startswith(module.__name__))
        helpers = {name: thing for one in (*parts, module) for name, thing in vars(one).items()}
    return read(path, helpers) if path.is_file() or helpers else {}


@cache
def observations_of(project: str) -> dict[str, str | None]:
    """What the project's first implementation suggested (see `tally`); empty for a project that names nothing."""
    path = WORDINGS / f"{project}.claims.j2"
    return fast_yaml.read(path).get("suggested", {}) if path.is_file() else {}


def read(path: Path, helpers: Mapping[str, Any]) -> dict[str, Claim]:
    """The claims of a file; `helpers` are what its judges may use of the project's own. Raises InputError when the file
    is missing or broken."""
    try:
        table = fast_yaml.read(path, path.name)
    except OSError as error:
        raise InputError(f"{path.name}: missing; `git checkout -- showcase/templates` brings it back") from error
    setup, elsewhere = table.pop("setup", ""), table.pop("elsewhere", {})
    asked = {name: record for record, names in elsewhere.get("asked", {}).items() for name in names}
    helpers = {**helpers, "OBSERVATIONS": table.pop("suggested", {}), "ASKED": asked}
    claims: dict[str, Claim] = {}

    def add(name: str, words: Any, judge: Judge | None = None) -> None:
        try:
            judge = judge or Judge(f"{path.name} ({name})", str(words["judge"]), helpers, claims)
            if record := words.get("record"):
                judge = There(judge, record, elsewhere["moved"])
            question = dict(words["question"])
            wording = {lang: {v: str(words[lang][v]) for v in VERDICTS} for lang in question}
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            needed = "a judge, a question, and holds, fails, undecided a language"
            raise InputError(f"{path.name}: claim '{name}' needs {needed}") from error
        claims[name] = Claim(name, question, judge, wording, setup)

    for name, words in table.items():
        add(name, words)
    for name, record in asked.items():
        question = {lang: words.format(claims[name].question[lang]) for lang, words in elsewhere["question"].items()}
        again = {**elsewhere, "question": question, "record": record}
        add(elsewhere["name"].format(name), again, claims[name].judge)
    return claims
