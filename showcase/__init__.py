"""From results to pages: one look for every figure, bound numbers, claims with verdicts, pages that keep the owner's edits."""
