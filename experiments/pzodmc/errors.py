"""The one error a user may meet: a sentence that names the trouble and the cure."""

try:  # in the repository all experiments share one class
    from ..errors import InputError
except ImportError:  # installed by themselves, as `partial_zodmc`, the samplers have nothing above them

    class InputError(Exception):
        """Bad input (a potential, a setting, a file). Programs print its one line and exit with code 2."""


__all__ = ["InputError"]
