"""What is computed on demand under the correlation: a permutation p and a bootstrap interval."""

from __future__ import annotations

from dash import html

KINDS = {
    "permutation": (
        "Permute",
        "Permutation p: outcomes exchanged within patients, in all orders if few, else in 10,000. It can be cancelled.",
    ),
    "bootstrap": (
        "Bootstrap",
        "Bootstrap interval: patients are drawn 2,000 times; refused below 10 patients. It can be cancelled.",
    ),
}


def resampling() -> tuple[html.Div, html.Div]:
    """A button each, a progress bar and cancel; and what was found. The browser asks `callbacks/resample.py`."""
    starts = [
        html.Button(label, className="quiet", type="button", title=about, **{"data-resample": kind})
        for kind, (label, about) in KINDS.items()
    ]
    cancel = html.Button("Cancel", className="quiet hidden", type="button", title="Stop", **{"data-resample": "cancel"})
    bar = html.Progress(className="hidden", max="1", value="0", title="Progress")
    said = html.Div(className="resampled", role="status", **{"aria-live": "polite"})
    return html.Div([*starts, bar, cancel], className="resample-row"), said
