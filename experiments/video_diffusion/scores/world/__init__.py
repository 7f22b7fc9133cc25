"""Does the world stay? What a video shows of its maze, held against its own past, the true path or the motion asked
for.

paths (where was each frame seen from) → map_votes, continuation, returning, obedience, pace → rulers (all of them)
"""
