"""Long video from a short-clip diffusion model: look at data, train the networks, extend a video.

Every command explains itself: `python -m experiments.video_diffusion extend --help`.
"""

import argparse
import sys
from types import ModuleType

from experiments.errors import InputError
from experiments.video_diffusion.commands import preview, train


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code: 2 for bad input."""
    parser = argparse.ArgumentParser(prog="python -m experiments.video_diffusion", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    data = commands.add_parser("data", help="look at data").add_subparsers(required=True, metavar="COMMAND")
    register(data, "preview", preview)
    register(commands, "train", train)
    try:
        given = parser.parse_args(arguments)
        given.run(given)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except OSError as error:  # a file or folder that cannot be written
        print(f"error: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    return 0


def register(commands, name: str, command: ModuleType) -> None:
    """A subcommand whose help is its module's docstring."""
    first, *_ = command.__doc__.splitlines()
    parser = commands.add_parser(
        name, help=first, description=command.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    command.add(parser)
    parser.set_defaults(run=command.run)


if __name__ == "__main__":
    sys.exit(main())
