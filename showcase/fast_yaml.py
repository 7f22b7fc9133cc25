"""YAML, read by libyaml where PyYAML was built with it: the same tables, ten times as fast."""

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(text: str):
    """What a text of one document holds. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=LOADER)


def lines(text: str) -> dict[str, int]:
    """On which line, from 1, each key of a text's table stands."""
    tree = yaml.compose(text, Loader=LOADER)
    return {key.value: key.start_mark.line + 1 for key, _ in tree.value} if tree else {}
