"""What `showcase/bootstrap.py` sets up: `python`, `jekyll`, `runtime`; `machine` is how. The standard library alone."""
