"""Layers that do something while training only."""
