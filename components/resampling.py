"""What is computed on demand under the correlation: a permutation p and a bootstrap interval."""

from __future__ import annotations

from dash import html

from components import ids

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

LOOKED = (
    "So many different analyses of this study were looked at since this tab was opened: distinct choices of subset, "
    "statistic, p, lag, tolerance, scale, phase, window and patients whose p stood on this card, and all of each "
    "specification curve. The more there are, the less a single p below 0.05 says. Click to count anew."
)


def resampling() -> tuple[html.Div, html.Div]:
    """A button each, a progress bar and cancel, how many analyses were looked at; and what was found. The browser asks
    `callbacks/resample.py`."""
    starts = [
        html.Button(label, className="quiet", type="button", title=about, **ids.data(resample=kind))
        for kind, (label, about) in KINDS.items()
    ]
    cancel = html.Button("Cancel", className="quiet hidden", type="button", title="Stop", **ids.data(resample="cancel"))
    bar = html.Progress(className="hidden", max="1", value="0", title="Progress")
    said = html.Div(className="resampled", role="status", **ids.aria(live="polite"))
    looked = html.Button("", className="quiet hidden", type="button", title=LOOKED, **ids.data(looked="count"))
    return html.Div([*starts, bar, cancel, looked], className="resample-row"), said
