"""How one system lays its tables out."""
