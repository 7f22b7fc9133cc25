"""How far a run is: calls of V, the stage, and how long the rest may take."""

from collections.abc import Callable
from dataclasses import replace

from torch import Tensor
from tqdm import tqdm

from .calling import Around, Caller
from .errors import InputError
from .oracle import Potential

# (calls so far, stage, share done between 0 and 1) → None
Listener = Callable[[int, str, float], None]


class Progress:
    """`what`: False for silence, True for a bar on standard error, or a listener. Changes nothing in the run."""

    def __init__(self, what: bool | Listener):
        if not isinstance(what, bool) and not callable(what):
            raise InputError(f"progress: True, False or a function of (calls, stage, share), got {type(what).__name__}")
        self.listener = what if callable(what) else None
        self.bar = None
        self.wanted = what is True
        self.calls, self.share, self.words = 0, 0.0, ""

    def __enter__(self) -> "Progress":
        if self.wanted:
            form = "{desc}: {percentage:3.0f}% |{bar}| {postfix} [{elapsed}, {remaining} to go]"
            self.bar = tqdm(total=100, bar_format=form, leave=True)
        return self

    def __exit__(self, *error) -> None:
        if self.bar is not None:
            if error[0] is None:
                self.stage("done", 1.0)
            self.bar.close()

    def watch(self, potential: Potential) -> Potential:
        """The potential, whose calls are counted here too."""
        if self.bar is None and self.listener is None:
            return potential
        functions = potential.block_functions
        return replace(
            potential, function=Watched(self, potential.function),
            block_functions=functions and tuple(Watched(self, f) for f in functions),
        )  # fmt: skip

    def stage(self, words: str, share: float) -> None:
        self.words, self.share = words, max(self.share, min(share, 1.0))
        self._tell()

    def part(self, k: int, parts: int, done: float) -> Callable[[str, float], None]:
        """The report of one block of several: (its stage, its β) → a share of the whole run."""
        rounds = 0

        def report(stage: str, beta: float) -> None:
            nonlocal rounds
            rounds += stage.startswith("round")
            inside = 0.5 * beta if not rounds else 1 - 0.5 ** (1 + rounds / 4)
            where = f"block {k + 1} of {parts}, " if parts > 1 else ""
            self.stage(where + stage, 0.05 + 0.9 * (done + inside / parts))

        return report

    def count(self, calls: int) -> None:
        self.calls += calls
        self._tell()

    def _tell(self) -> None:
        if self.listener is not None:
            self.listener(self.calls, self.words, self.share)
        if self.bar is not None:
            self.bar.set_description_str(self.words, refresh=False)
            self.bar.set_postfix_str(f"{self.calls:,} calls", refresh=False)
            self.bar.update(100 * self.share - self.bar.n)


class Watched(Around):
    """A `Caller` that tells how many points V was asked at."""

    def __init__(self, progress: Progress, inner: Caller):
        super().__init__(inner)
        self.progress = progress

    def __call__(self, z: Tensor) -> Tensor:
        before = self.vain
        value = self.inner(z)
        self.progress.count(len(z) + self.vain - before)
        return value
