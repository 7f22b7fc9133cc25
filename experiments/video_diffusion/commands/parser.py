"""The parser of every command: an error is one line, help is the command's docstring."""

import argparse
from types import ModuleType

from experiments.errors import InputError


class Parser(argparse.ArgumentParser):
    """Raises InputError where argparse would print its usage and exit."""

    def error(self, message: str):
        raise InputError(f"{message} (see {self.prog} --help)")


def register(commands, name: str, command: ModuleType) -> None:
    """A subcommand: `command.add` describes its arguments, `command.run` does the work, and `command.kept`, where there
    is one, says what is left of it when it was stopped."""
    first, *_ = command.__doc__.splitlines()
    parser = commands.add_parser(
        name, help=first, description=command.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    command.add(parser)
    parser.set_defaults(run=command.run, kept=getattr(command, "kept", _nothing))


def _nothing(given: argparse.Namespace) -> str:
    return "What was finished is kept; nothing half-made is left."
