"""How gunicorn serves Reprise. Read by `gunicorn app:server` on its own when started in this folder."""

import os

# Always host and port: with only PORT set, gunicorn would listen on every interface, and there is no login.
bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or '8050'}"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_class = "gthread"
threads = 4
timeout = 120
# Off: its socket lies in one place per user, shared by every gunicorn of that user.
control_socket_disable = True
