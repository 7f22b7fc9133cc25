"""Two figures."""

from experiments.alpha.drawings.histogram import histogram
from experiments.alpha.drawings.track import track

from showcase.drawing import Drawing

FIGURES = (Drawing("histogram", ("draws",), histogram), Drawing("track", ("walk",), track))
