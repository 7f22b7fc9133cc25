"""Jinja as the pages use it, and its errors in one line.

Its delimiters are `[[ ]]`, `[% %]` and `[# #]`, because Liquid, which reads the page next, has the usual ones.
"""

import traceback
from pathlib import Path

import jinja2

from experiments.errors import InputError

TEMPLATES = Path("showcase/templates")


def environment(folder: Path) -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        comment_start_string="[#",
        comment_end_string="#]",
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def made(environment: jinja2.Environment, name: str) -> str:
    """What a template gives. Raises InputError with the line of the template where something is wrong."""
    try:
        return environment.get_template(name).render()
    except jinja2.TemplateNotFound as error:
        path = TEMPLATES / str(error.name)
        raise InputError(f"{path}: missing template; `git checkout -- {path}` brings it back") from error
    except jinja2.TemplateSyntaxError as error:
        raise InputError(f"{TEMPLATES / (error.name or name)}:{error.lineno}: {error.message}") from error
    except (jinja2.UndefinedError, TypeError) as error:
        raise InputError(f"{_place(error, name)}: {error}") from error


def _place(error: Exception, name: str) -> str:
    """Template and line where rendering failed: the innermost frame that lies in a template."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
    return f"{TEMPLATES / Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else name
