"""Where the draws fell."""

from matplotlib.figure import Figure


def histogram(draws):
    figure = Figure()
    figure.subplots().hist(draws.arrays["draws"], bins=10)
    return figure
