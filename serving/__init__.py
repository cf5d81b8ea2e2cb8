"""How the page is served: who may ask what, and how a server starts and stops."""
