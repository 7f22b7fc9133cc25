"""The command line of the export, and what it says."""

import argparse
import json
import re
from dataclasses import replace
from pathlib import Path

import yaml

from experiments.errors import InputError
from showcase import fast_yaml
from showcase.arguments import Parser
from showcase.export import memory
from showcase.export.adaptation import Choices
from showcase.export.memory import MEMORY
from showcase.export.plan import WRITES, Change, plan
from showcase.export.site import read_site
from showcase.export.visibility import unseen
from showcase.export.writing import carry_out
from showcase.projects import LANGUAGES
from showcase.turn import sweep, turn

KEY = re.compile(r"(?:(?P<page>[\w.-]+):)?(?P<key>[A-Za-z_][\w-]*)=(?P<value>.*)", re.DOTALL)


def parse(argv: list[str]) -> argparse.Namespace:
    parser = Parser(
        prog="build_figures.py export",
        description="Copy the pages, and the pictures and films they show, into a real al-folio site; pages edited "
        "there are merged. --category, --lang and --set are remembered there for the next time.",
    )
    parser.add_argument("--to", required=True, metavar="SITE", type=Path, help="the folder of the al-folio site")
    parser.add_argument("--dry-run", action="store_true", help="tell what would change there and write nothing")
    parser.add_argument("--verify", action="store_true", help="build a copy of the site; tell how its pages came out")
    parser.add_argument("--category", metavar="NAME", help="the category of the pages ('' for ours)")
    parser.add_argument("--lang", choices=[*LANGUAGES, "all"], help="export one language alone, or all again")
    parser.add_argument(
        "--set",
        action="append",
        metavar="KEY=VALUE",
        dest="settings",
        help="a line of front matter; PAGE:KEY=VALUE for one page",
    )
    return parser.parse_args(argv)


def command(root: Path, argv: list[str]) -> int:
    """Returns the exit code. Raises InputError, before anything is written, for whatever is wrong with the site."""
    args = parse(argv)
    folder = args.to.expanduser()
    try:
        site = read_site(folder, root)
        with turn(folder, "export"):
            if not args.dry_run:
                for words in sweep(folder, ("_projects",), ("_projects", "assets", MEMORY.name)):
                    print(f"Note: {words}")
            choices = choose(memory.options(folder), args)
            planned = plan(root, site, choices, code_of(root))
            report = None
            if args.verify:
                from showcase.export.verification import verify

                report = verify(planned)
            if not args.dry_run:
                carry_out(planned, folder)
    except OSError as error:
        raise InputError(f"{error.filename2 or error.filename or folder}: {error.strerror}") from error
    tell(planned.changes, folder, args.dry_run)
    for line in unseen(site, planned.exported()):
        print(f"Not seen: {line}")
    if report:
        print("\n".join(report.lines))
    return 1 if report and report.wrong else 0


def choose(before: Choices, args: argparse.Namespace) -> Choices:
    """What was remembered, changed by what is given now. Raises InputError for what makes no sense."""
    chosen = before
    if args.category is not None:
        chosen = replace(chosen, category=_as_yaml(args.category) if args.category else "")
    if args.lang is not None:
        chosen = replace(chosen, langs=() if args.lang == "all" else (args.lang,))
    settings = dict(chosen.settings)
    for given in args.settings or ():
        if not (found := KEY.fullmatch(given)):
            raise InputError(f"--set {given}: write it as KEY=VALUE or PAGE:KEY=VALUE")
        name = f"{found['page']}:{found['key']}" if found["page"] else found["key"]
        settings.pop(name, None)
        if found["value"]:
            settings[name] = _as_yaml(found["value"])
    return replace(chosen, settings=settings)


def _as_yaml(value: str) -> str:
    """A value for a line of front matter: as it was typed where YAML takes it for one value, else as a quoted text."""
    try:
        plain = "\n" not in value and isinstance(fast_yaml.load(f"key: {value}"), dict)
    except yaml.YAMLError:
        plain = False
    return value if plain else json.dumps(value, ensure_ascii=False)


def code_of(root: Path) -> str:
    """The address of this repository, as its configuration tells it; empty while it does not."""
    try:
        code = fast_yaml.read(root / "_config.yml").get("repository")
    except (OSError, InputError):
        return ""
    return code if isinstance(code, str) and code.startswith("https://") else ""


def tell(changes: list[Change], site: Path, trial: bool) -> None:
    """One line a file that changes, one a note, one for the rest."""
    states = (*WRITES, "kept", "deleted", "unchanged")
    counts = {action: sum(change.action == action for change in changes) for action in states}
    for change in changes:
        if change.action not in ("unchanged", "deleted"):
            print(f"{change.action:<8} {change.path}")
        for note in change.notes:
            print(f"Note: {change.path}: {note}")
    said = ", ".join(f"{count} {action}" for action, count in counts.items() if count)
    print(f"{site}: {said or 'nothing to export'}.")
    if trial:
        print("Nothing was written; the same command without --dry-run does it.")
    elif any(counts[action] for action in WRITES):
        print(f"Next: commit there, with {MEMORY}/: the next export merges your edits against it.")
