"""What a trained model says about samples."""
