"""Forms over symbols that range over intervals: units with a sign are decided, the others become symbols themselves."""

from exactrelu.certification.induction.forms import combination
from exactrelu.field import mpq


class Box:
    """Symbols with ``spans`` {symbol: (low, high)}, None for infinity; each varies on its own."""

    def __init__(self, spans):
        self._spans = dict(spans)
        self._mirrors = {}

    def span(self, form):
        """Return (low, high) around the values of a form, None for infinity.

        A symbol f₊ also counts as f + (−f)₊, whatever gives the better bounds: where f is in the form, too, they
        differ.
        """
        spans = [self._plain(form)]
        for key, weight in form.items():
            if key in self._mirrors:
                rest = {other: entry for other, entry in form.items() if other != key}
                spans.append(self._plain(combination([(rest, 1), (self._mirrors[key], weight)], mpq(0))))
        lows, highs = ([end for end in ends if end is not None] for ends in zip(*spans, strict=True))
        return max(lows, default=None), min(highs, default=None)

    def _plain(self, form):
        low = high = form.get(None, mpq(0))
        for key, weight in form.items():
            if key is not None:
                down, up = self._spans[key] if weight > 0 else reversed(self._spans[key])
                low = None if low is None or down is None else low + weight * down
                high = None if high is None or up is None else high + weight * up
        return low, high

    def relu(self, form):
        """Return the positive part of a form, as a form: over one more symbol if its sign is not decided.

        Arguments ± c · f with c > 0 have one symbol f₊. So f₊ − (−f)₊ becomes f, and equal terms cancel.
        """
        low, high = self.span(form)
        if low is not None and low >= 0:
            return form
        if high is not None and high <= 0:
            return {}
        pairs = sorted(form.items(), key=repr)
        scale = pairs[0][1]
        symbol = ("relu", tuple((key, weight / scale) for key, weight in pairs))
        ends = (low, high) if scale > 0 else (high, low)
        low, high = (None if end is None else end / scale for end in ends)
        self._spans[symbol] = (mpq(0), high)
        self._spans["mirror", symbol] = (mpq(0), None if low is None else -low)
        self._mirrors[symbol] = dict(symbol[1]) | {("mirror", symbol): mpq(1)}
        if scale > 0:
            return {symbol: scale}
        return combination([({symbol: -scale}, 1), (form, 1)], mpq(0))
