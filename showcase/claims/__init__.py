"""Claims: statements whose wording follows the measurement.

A claim asks a question of the results. Its judge answers holds, fails, or undecided (the gap lies within the noise of
the seeds), and the page says what the wording for that verdict says. A failed claim is news, not a failed test.

Judges are code, in `<project>.py` here; questions and wordings are text, in `showcase/templates/<project>.claims.j2`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from experiments.errors import InputError
from showcase import fast_yaml
from showcase.claims.verdicts import FAILS, HOLDS, UNDECIDED, VERDICTS

__all__ = ["FAILS", "HOLDS", "UNDECIDED", "VERDICTS", "Claim", "claims_of", "observations_of", "worded"]

WORDINGS = Path(__file__).parents[1] / "templates"
Judge = Callable[[Any], str]  # showcase.values.Values -> one of VERDICTS


@dataclass(frozen=True)
class Claim:
    """`question` and `wording` are by language; a wording is a template and may hold measured numbers itself.

    `setup` is a template too: the names and macros that the wordings of one project share.
    """

    name: str
    question: Mapping[str, str]  # language -> the question that the judge answers
    judge: Judge
    wording: Mapping[str, Mapping[str, str]]  # language -> verdict -> template
    setup: str = ""


def claims_of(project: str) -> dict[str, Claim]:
    """The project's claims by name; a project without a claims module has none."""
    name = f"{__name__}.{project}"
    if find_spec(name) is None:
        return {}
    return {claim.name: claim for claim in import_module(name).CLAIMS}


def observations_of(project: str) -> dict[str, str | None]:
    """What the project's first implementation suggested (see `tally`); empty for a project that names nothing."""
    name = f"{__name__}.{project}"
    return getattr(import_module(name), "OBSERVATIONS", {}) if find_spec(name) else {}


def worded(project: str, judges: Mapping[str, Judge], folder: Path = WORDINGS) -> tuple[Claim, ...]:
    """Judges with their words from `<project>.claims.j2`: YAML whose texts are templates.

        setup: names and macros for the wordings
        claim_name:
          question: {en: …, zh: …}
          en: {holds: …, fails: …, undecided: …}

    Raises InputError when the file is missing or broken, or has not the same claims as `judges`.
    """
    path = folder / f"{project}.claims.j2"
    try:
        table = fast_yaml.read(path, path.name)
    except OSError as error:
        raise InputError(f"{path.name}: missing; `git checkout -- showcase/templates` brings it back") from error
    setup = table.pop("setup", "")
    if odd := sorted(set(table) ^ set(judges)):
        missing = "a judge in showcase/claims" if odd[0] in table else f"words in {path.name}"
        raise InputError(f"claim '{odd[0]}' of {project} has no {missing.removeprefix('a ')}")
    return tuple(_claim(path.name, name, judge, table[name], setup) for name, judge in judges.items())


def _claim(source: str, name: str, judge: Judge, words: Any, setup: str) -> Claim:
    try:
        question = dict(words["question"])
        wording = {lang: {v: str(words[lang][v]) for v in VERDICTS} for lang in question}
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{source}: claim '{name}' needs a question and holds, fails, undecided a language") from error
    return Claim(name, question, judge, wording, setup)
