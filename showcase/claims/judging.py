"""A claim's judge: an expression of Jinja, as the project's file of claims has it.

    less("clips.unguided.change", "clips.reference_change")
    all_of(at_least("memories.gain", 6), judged("memory_returns"))

What `verdicts` compares is given by its key in the results. `value` and `known` ask the results as templates do, and
`judged` another claim. Besides there is what the project's module in this folder has, and what those parts of it have
that it imports: names, and functions, which get the results where their first parameter is `values`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from inspect import isfunction, signature
from typing import Any

import jinja2

from experiments.errors import InputError
from showcase.claims import tally, verdicts

EXPRESSIONS = jinja2.Environment(undefined=jinja2.StrictUndefined)
COMPARING = ("less", "less_paired", "smaller", "more", "at_most", "at_least")


@dataclass(frozen=True)
class Judge:
    """Called with results it answers one of VERDICTS. `where` begins its errors, `claims` are all of the project."""

    where: str
    expression: str
    helpers: Mapping[str, Any]
    claims: Mapping[str, Any]

    def __call__(self, values: Any) -> str:
        """Raises InputError for an expression that says nothing."""
        given = {
            **vars(verdicts),
            **vars(tally),
            **self.helpers,
            **{name: partial(self.helpers[name], values) for name in self._asking},
            **{name: partial(_looked_up, vars(verdicts)[name], values) for name in COMPARING},
            "value": values.__getitem__,
            "known": values.__contains__,
            "judged": lambda name: self.claims[name].judge(values),
        }
        try:
            return EXPRESSIONS.compile_expression(self.expression, undefined_to_none=False)(**given)
        except jinja2.TemplateError as error:
            raise InputError(f"{self.where}: its judge: {error}") from error

    @cached_property
    def _asking(self) -> list[str]:
        functions = {name: signature(one).parameters for name, one in self.helpers.items() if isfunction(one)}
        return [name for name, given in functions.items() if next(iter(given), "") == "values"]


def _looked_up(compare, values: Any, *measured: Any) -> str:
    return compare(*(values[each] if isinstance(each, str) else each for each in measured))
