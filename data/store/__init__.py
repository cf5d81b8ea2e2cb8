"""The store of kept studies, as who runs the server keeps it: listed, in one file, back from it, brought up to date."""
