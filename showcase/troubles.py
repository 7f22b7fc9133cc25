"""What stands in a build's way, in one line each."""

import errno
import os
import traceback
from contextlib import suppress
from pathlib import Path
from zipfile import BadZipFile

from experiments.errors import InputError
from experiments.files import atomic
from experiments.results import Result
from showcase.engine import Finding
from showcase.nodes import ResultFiles

HINTS = {
    errno.ENOSPC: "; make room, and the same command goes on from here",
    errno.EDQUOT: "; make room, and the same command goes on from here",
    errno.EACCES: "; it must be yours to write",
    errno.EROFS: "; it must be yours to write",
}


def no_orphans(findings: list[Finding]) -> None:
    """Raises InputError when a step rests on a file that neither exists nor is made in this run."""
    made = {node.signature for finding in findings for node in finding.step.makes}
    for finding in findings:
        for node in finding.step.rests_on:
            if node.state() is None and node.signature not in made:
                project = finding.step.project
                raise InputError(
                    f"{node.name}: missing, and {finding.step.label} rests on it; "
                    f"run `python build_figures.py --only {project}` first"
                )


def no_edited_results(findings: list[Finding]) -> None:
    """Raises InputError for a result that was changed by hand: a page must not show it, a run would overwrite it."""
    for finding in findings:
        for node in (*finding.step.rests_on, *finding.step.makes):
            told = any(reason.startswith(f"{node.name} ") and "changed" in reason for reason in finding.reasons)
            if told and isinstance(node, ResultFiles):
                try:
                    Result.load(node.path)
                except InputError as error:
                    if "digest mismatch" in str(error):
                        raise InputError(str(error).replace(f"{finding.step.root}/", "")) from error
                except (EOFError, BadZipFile):  # cut short, nobody's edit: made again
                    continue


def cause(root: Path, error: BaseException, trace: str = "", name: str = "build") -> str:
    """One line: the input error itself; what the system refused, and where; else the error, and where all of it is."""
    words = " ".join(str(error).split())
    if isinstance(error, InputError):
        return words.replace(f"{root}/", "")
    if isinstance(error, OSError) and error.errno:
        place = error.filename2 or error.filename
        shown = f"{place}: ".replace(f"{root}/", "") if isinstance(place, (str, os.PathLike)) else ""
        return f"{shown}{os.strerror(error.errno)}{HINTS.get(error.errno, '')}"
    path = Path(".cache/failures", name.replace("/", "~") + ".txt")
    with suppress(OSError), atomic(root / path) as file:
        file.write((trace or "".join(traceback.format_exception(error))).encode())
    return f"{type(error).__name__}: {words} (all of it: {path})"
