"""The walk over time."""

from matplotlib.figure import Figure


def track(walk):
    figure = Figure()
    figure.subplots().plot(walk.arrays["path"])
    return figure
