"""From bytes to cells: what kind of file it is, how it is opened without harm, and every table in it."""
