"""What `make setup` brings: `python`, `jekyll`, `runtime`; `pins` is the lock, `machine` how commands are run. The
standard library alone."""
