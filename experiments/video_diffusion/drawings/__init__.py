"""The study's figures, one file an idea; each function gets results and returns a figure or an animation."""
