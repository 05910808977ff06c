"""Reviews of samples: their log and their order."""
