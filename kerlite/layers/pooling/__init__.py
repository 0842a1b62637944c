"""Layers that make images smaller."""
