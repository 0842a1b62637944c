"""Recurrent layers: what goes through a sequence step by step."""
