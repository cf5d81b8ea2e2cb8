"""One sheet cleaned and typed: header rows, blocks, number formats, time units, columns."""
