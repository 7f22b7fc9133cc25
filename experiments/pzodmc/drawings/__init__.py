"""One drawing a file; experiments/pzodmc/figures.py is their table of contents."""
