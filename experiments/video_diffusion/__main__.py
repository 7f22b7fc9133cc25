"""Long video from a short-clip diffusion model: look at data, train the networks, extend a video.

Every command explains itself: `python -m experiments.video_diffusion extend --help`.
"""

import signal
import sys

from experiments.errors import InputError
from experiments.stopping import stoppable
from experiments.video_diffusion.commands import (
    ablate,
    compare,
    decisions,
    export_web,
    extend,
    measure,
    milestones,
    off_lattice,
    preview,
    rulers,
    score,
    train,
)
from experiments.video_diffusion.commands.parser import Parser, register


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code: 2 for bad input."""
    parser = Parser(prog="python -m experiments.video_diffusion", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    data = commands.add_parser("data", help="Look at data.").add_subparsers(required=True, metavar="COMMAND")
    register(data, "preview", preview)
    register(commands, "train", train)
    register(commands, "extend", extend)
    register(commands, "score", score)
    register(commands, "export-web", export_web)
    register(commands, "ablate", ablate)
    register(commands, "milestones", milestones)
    register(commands, "decisions", decisions)
    register(commands, "compare", compare)
    register(commands, "measure", measure)
    register(commands, "off-lattice", off_lattice)
    register(commands, "rulers", rulers)
    given = None
    with stoppable() as stop:
        try:
            given = parser.parse_args(arguments)
            given.run(given)
        except InputError as error:
            print(f"error: {error}", file=sys.stderr)
            return 2
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            print(f"error: {place}{error.strerror or error}", file=sys.stderr)
            return 2
        except KeyboardInterrupt:
            print(f"\nStopped. {given.kept(given) if given else ''}", file=sys.stderr)
            return 128 + (stop.asked or signal.SIGINT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
