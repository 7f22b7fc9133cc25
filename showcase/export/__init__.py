"""From here into a real al-folio site: `python build_figures.py export --to SITE`.

command        the command line, and what it says
site           what the site is: its configuration, its gems, the pages that list its projects
adaptation     a page of ours as al-folio shows it best
cards          the picture on its card, for light lists and dark ones
player         the players and the live sampler, where scripts of our own may run
overlay        which pages, and which pictures and films they show
memory         what was exported last, kept in the site in `.showcase/`, and what edits there are merged with
plan           what changes there, file by file
writing        the doing of it, so that a cut heals
visibility     what of it a reader of the site will not see, and the line that changes this
verification   the site built with its own Jekyll, and what became of the pages
"""

from showcase.export.command import command, parse

__all__ = ["command", "parse"]
