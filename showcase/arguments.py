"""Command lines that answer a mistake with one line."""

import argparse

from experiments.errors import InputError


class Parser(argparse.ArgumentParser):
    """One line instead of a usage text: the user sees what is wrong with what he typed."""

    def error(self, message: str):
        raise InputError(f"{message} (`python {self.prog} --help` shows all options)")
