"""From results to pages: one look for every figure, bound numbers, claims, pages that keep the owner's edits."""
