"""One picture."""

from matplotlib.figure import Figure

from showcase.drawing import Drawing


def share(tosses):
    """The share of heads after each toss."""
    figure = Figure()
    figure.subplots().plot(tosses.arrays["running"])
    return figure


FIGURES = (Drawing("share", ("tosses",), share),)
