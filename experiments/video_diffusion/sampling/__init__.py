"""From noise to clips, and from clips to long videos: one loop, its solvers, and the methods that plug into it."""
