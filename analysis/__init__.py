"""What we compute: pure functions of a study, without Dash or plotly."""
