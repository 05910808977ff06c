"""Labels of samples: classes, and labels that condition a model."""
