"""The steps of the build and what each rests on: studies, then figures, then pages."""
