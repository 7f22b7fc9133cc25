"""The command line `python -m experiments.pzodmc`: one file a command, and what they share."""
