"""Layers that normalize their inputs."""
