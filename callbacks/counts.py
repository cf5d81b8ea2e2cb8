"""Numbers of what the page asks for, in the place where `serving.monitoring.metrics` puts all others."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter

NUMBERS = CollectorRegistry()
"""Of this process, where it is the only one."""
UPLOADS = Counter("reprise_uploads", "Files that were sent to be kept.", ["outcome"], registry=NUMBERS)
"""`outcome`: kept, or refused for whatever reason."""
