"""How the networks learn: one loop, resumable, on one device or many; a task a network; recipes in training.yaml."""
