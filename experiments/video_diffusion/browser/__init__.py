"""The networks as a visitor's browser runs them: graphs beside the shipped weights, and a proof of them."""
