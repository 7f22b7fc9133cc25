"""Text for the page: a paragraph on one line, attributes that cannot break a tag, YAML strings, durations and dates."""

import re
from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Any

CHINESE = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"
# The blank that joining lines leaves between two Chinese characters.
GLUE = re.compile(rf"(?<={CHINESE}) (?={CHINESE})")
APART = re.compile(r"\s*(?:<(?!span\b|!--(?:number|claim)-->)|[|#{])")  # HTML, tables, headings, Liquid
ITEM = re.compile(r"\s*(?:[-*]|\d+\.) ")
FORMULA = re.compile(r"\s*\$\$(?!.*\$\$)")  # a displayed formula over several lines


def flow(text: str) -> str:
    """Paragraphs and list items on one line each, as an editor that wraps lines shows them best.

    Between Chinese characters a line break leaves no blank. Formulas, tables, headings and HTML keep their lines.
    """
    return "\n\n".join(_flowed(paragraph) for paragraph in re.split(r"\n(?:[ \t]*\n)+", text.strip()))


def _flowed(paragraph: str) -> str:
    if FORMULA.match(paragraph.split("\n")[0]):
        return paragraph
    lines: list[str] = []
    for line in paragraph.split("\n"):
        alone = not lines or APART.match(line) or ITEM.match(line) or APART.match(lines[-1])
        if alone:
            lines.append(line.rstrip())
        else:
            lines[-1] = f"{lines[-1]} {line.strip()}"
    return "\n".join(GLUE.sub("", line) for line in lines)


def attribute(text: Any) -> str:
    """Text for a quoted parameter of a Liquid tag, where neither a quote nor a brace may stand.

    What is already escaped, as measured values are, stays as it is.
    """
    plain = re.sub(r"&(?!(?:amp|lt|gt|quot|#\d+|#x[0-9a-f]+);)", "&amp;", " ".join(str(text).split()))
    for character, entity in {"<": "&lt;", ">": "&gt;", '"': "&quot;", "{": "&#123;", "}": "&#125;"}.items():
        plain = plain.replace(character, entity)
    return plain


def harmless(text: Any) -> str:
    """Text from a result, shown as it stands: HTML, Liquid and Markdown find nothing in it to act on."""
    return re.sub(r"[][{}|*_`$\\~]", lambda found: f"&#{ord(found[0])};", escape(str(text)))


def quoted(text: Any) -> str:
    """Text as a YAML string on one line."""
    plain = GLUE.sub("", " ".join(str(text).split())).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def duration(seconds: float, lang: str = "en") -> str:
    """12.3 s, 4 min 5 s, 2 h 3 min; in Chinese 12.3 秒, 4 分 5 秒, 2 小时 3 分."""
    h, min, s = ("小时", "分", "秒") if lang == "zh" else ("h", "min", "s")
    if seconds < 60:
        return f"{seconds:.1f} {s}"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} {min} {rest} {s}" if minutes < 60 else f"{minutes // 60} {h} {minutes % 60} {min}"


def day(moment: str) -> str:
    """The date of an ISO 8601 moment."""
    return datetime.fromisoformat(moment).date().isoformat()


def seeds(numbers: tuple[int, ...]) -> str:
    """0–4 for a run of neighbours, else a list."""
    if len(numbers) > 2 and list(numbers) == list(range(numbers[0], numbers[0] + len(numbers))):
        return f"{numbers[0]}–{numbers[-1]}"
    return ", ".join(map(str, numbers)) or "–"


def configuration(config: Mapping[str, Any]) -> list[str]:
    """A configuration as "key = value", its lists without brackets."""
    plain = {key: ", ".join(map(str, x)) if isinstance(x, (list, tuple)) else x for key, x in config.items()}
    return [f"{key} = {value}" for key, value in plain.items()]
