"""What views share: style, the time axis, marks, labels and words."""
