"""A tiny project whose part reads a checkpoint, and whose figure moves."""
