"""The networks as a visitor's browser runs them: graphs beside the shipped weights, and proof that they are the same."""
