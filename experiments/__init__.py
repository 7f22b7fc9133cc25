"""The science: two packages that stand alone, and the results they leave."""
