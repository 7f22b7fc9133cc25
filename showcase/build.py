"""The command line of `build_figures.py`: experiments → results → figures → pages, by content, in one command."""

import argparse
import os
import signal
import sys
import time
from pathlib import Path

from experiments.errors import InputError
from experiments.presets import PRESETS
from experiments.stopping import stoppable
from experiments.workers import add_workers, on_cluster
from showcase.arguments import Parser
from showcase.projects import PROJECTS
from showcase.regular import refuse_others
from showcase.remembered import memory
from showcase.turn import sweep, turn


def parse(argv: list[str]) -> argparse.Namespace:
    names = [project.name for project in PROJECTS] + ["pages"]
    parser = Parser(
        prog="build_figures.py",
        description="Run the experiments, draw their figures and write the project pages; do only what is needed.",
        epilog="`build_figures.py export --to SITE` copies the pages into a real al-folio site. "
        "Exit code: 0 all is well, 1 a step failed or --check found something, 2 the input is wrong.",
    )
    parser.add_argument("--only", action="append", choices=names, help="a part of the work; may be repeated")
    parser.add_argument("--preset", default="standard", choices=PRESETS, help="how thorough (default: standard)")
    parser.add_argument("--force", action="store_true", help="make everything again")
    add_workers(parser, "run independent parts in N processes (default: 1)")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--list", action="store_true", help="list all steps and whether they are up to date")
    mode.add_argument("--explain", action="store_true", help="say what would be made and why")
    mode.add_argument(
        "--check", action="store_true", help="exit with 1 and a list if anything is stale, missing or wrong"
    )
    parser.add_argument("--json", action="store_true", help="with --check: the pages alone, as JSON for an editor")
    parser.add_argument("--fix", action="store_true", help="mend pasted and misspelt paths on the pages, then --check")
    args = parser.parse_args(argv)
    if args.fix and (args.list or args.explain):
        raise InputError("--fix goes with --check alone")
    if args.json and (not args.check or args.fix):
        raise InputError("--json goes with --check alone")
    args.check = args.check or args.fix
    return args


def plan(root: Path, preset: str, only: list[str] | None) -> list:
    """The steps asked for, studies first. Raises InputError for whatever is wrong with the project's files."""
    from showcase.tasks.evidence import evidence_step
    from showcase.tasks.exports import export_steps
    from showcase.tasks.figures import figure_steps, sizes_step
    from showcase.tasks.pages import page_steps
    from showcase.tasks.studies import study_steps

    whole = [project for project in PROJECTS if not only or project.name in only]
    steps = [step for project in whole for step in study_steps(root, project, preset)]
    steps += [step for project in whole for step in export_steps(root, project)]
    figures = [step for project in whole for step in figure_steps(root, project, preset)]
    if whole:
        steps += [*figures, sizes_step(root, figures)]
    written = [project for project in PROJECTS if project in whole or "pages" in (only or ())]
    steps += [step for project in written for step in page_steps(root, project, preset)]
    steps.append(evidence_step(root, written, preset))
    for kind in ("syntax", "drawings"):
        memory(root, kind).keep()
    return steps


def main(root: Path, argv: list[str]) -> int:
    """Returns the exit code."""
    sys.stdout.reconfigure(errors="replace")
    with stoppable() as stop:
        try:
            refuse_others(root)
            if argv[:1] == ["export"]:
                from showcase.export import command

                return command(root, argv[1:])
            return answer(root, parse(argv))
        except BrokenPipeError:  # `| head` has seen enough
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115
            return 1
        except (KeyboardInterrupt, Exception) as error:
            if stop.asked or isinstance(error, KeyboardInterrupt):
                print("\nStopped. What was finished is kept; the same command goes on from here.", file=sys.stderr)
                return 128 + (stop.asked or signal.SIGINT)
            from showcase.troubles import cause

            print(f"build_figures.py: {cause(root, error)}", file=sys.stderr)
            return 2


def answer(root: Path, args: argparse.Namespace) -> int:
    """Look, or do what is due; returns the exit code. Raises InputError for what is wrong with the input."""
    from showcase import editor, inspection, summary
    from showcase.engine import look
    from showcase.lock import complete, was_cut_off

    if args.json:
        return editor.report(root)
    if args.list or args.explain or (args.check and not args.fix):
        findings = look(root, plan(root, args.preset, args.only), args.force)
        if args.check:
            return summary.verdict(findings, args.preset, inspection.inspect(root), [], was_cut_off(root))
        return summary.listing(findings) if args.list else summary.explanation(findings)
    with turn(root, "build"):
        began, told = time.time(), sweep(root)
        complete(root)
        for words in told:
            print(f"Note: {words}")
        mended = inspection.fix(root) if args.fix else []
        findings = look(root, plan(root, args.preset, args.only), args.force)
        if args.fix:
            return summary.verdict(findings, args.preset, inspection.inspect(root), mended)
        if not any(finding.reasons for finding in findings):
            return summary.nothing_to_do(findings, args.preset, time.time() - began, inspection.inspect(root))
        return carry_out(root, findings, args, began)


def carry_out(root: Path, findings: list, args: argparse.Namespace, began: float) -> int:
    """Run what is due, with the display, and sum up."""
    from rich.console import Console

    from install.pins import unlike_here
    from showcase import durations, inspection, summary, troubles
    from showcase.display import Display
    from showcase.engine import run

    if unlike := unlike_here():
        print(
            f"Note: installed are {', '.join(unlike)}: what is made now may differ from what a clone with the locked "
            "packages makes; `make setup` brings those"
        )
    due = [finding.step for finding in findings if finding.reasons]
    troubles.no_orphans(findings)
    troubles.no_edited_results(findings)
    console = Console()
    expected = durations.expected_durations(root, due)
    with on_cluster(args.cluster, args.jobs) as cluster, Display(root, due, expected, console):
        outcomes = run(root, due, expected, force=args.force, jobs=args.jobs or 1, cluster=cluster)
    return summary.closing(root, findings, outcomes, args.preset, time.time() - began, inspection.inspect(root))
