"""What the widgets look like as a still picture, drawn in Python without a browser."""
