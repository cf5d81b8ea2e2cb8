"""The parts of the page: header, line of controls, panel, drawers and dialogs."""
