"""What is measured of any video, whoever made it."""
