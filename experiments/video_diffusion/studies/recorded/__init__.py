"""Measurements too long for a build: a command makes each once, its record lies beside the weights for the studies."""
