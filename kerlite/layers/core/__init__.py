"""The layers that most models start and end with."""
