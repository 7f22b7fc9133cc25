"""The benchmark behind `python -m experiments.pzodmc.bench`: what is promised of speed, memory and quality, measured.

In story order: a run and its process (`runs`, `child`), the promises (`bars`), the table (`table`).
"""
