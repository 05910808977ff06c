"""Inference: codes, scores and figures of merit of samples."""
