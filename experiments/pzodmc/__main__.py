"""Sample from exp(−V) with values of V alone: sample --target gmm2d --out draws.npz.

Your own potential: --target file.py:function, where the function maps points (m, d) to V (m,). Every command explains
itself: sample --help.
"""

import sys
from pathlib import Path

from .command import discover, listing, sample
from .command.parser import Parser
from .errors import InputError


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code: 2 for bad input."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["bench"]:
        from . import bench

        return bench.main(arguments[1:])
    called = Path(sys.argv[0]).name
    name = called if called.startswith("partial-zodmc") else f"python -m {__package__}"
    parser = Parser(prog=name, description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser)
    for name, command in (("sample", sample), ("discover", discover), ("targets", listing)):
        one = commands.add_parser(name, help=command.__doc__, description=command.__doc__)
        command.add(one)
        one.set_defaults(run=command.run)
    commands.add_parser("bench", help="Run the faithful algorithm and ours side by side; see bench --help.")
    try:
        given = parser.parse_args(arguments)
        given.run(given)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        kept = getattr(given, "checkpoint", None)
        told = f"{kept} keeps V's answers: the same command goes on." if kept else "Nothing was written."
        print(f"\nStopped. {told}", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
