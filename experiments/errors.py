"""The one error a user may meet: a sentence that names the trouble and the cure."""


class InputError(Exception):
    """Bad input (a preset, a file, an argument). Programs print its one line and exit with code 2."""
