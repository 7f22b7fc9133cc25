"""The command line, one file a command: `add` describes its arguments, `run` does the work."""
