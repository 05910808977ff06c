"""ONNX graphs: read, checked, written again and run."""
