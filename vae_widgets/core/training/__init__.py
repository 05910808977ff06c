"""Records of training runs."""
