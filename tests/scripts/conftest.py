"""The programs of this folder are run by test_keras_scripts.py; they are no test modules."""

from pathlib import Path

collect_ignore = [
    path.name for path in Path(__file__).parent.glob("*.py") if not path.name.startswith("test_")
]
