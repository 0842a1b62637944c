"""Operations on images, held against real Keras's in every layout."""

import keras
import numpy as np

from tests.ops.support.compare import compiles, same, same_file_form, symbolic_is_eager

RNG = np.random.default_rng(0)
IMAGES = RNG.random((2, 7, 9, 3)).astype("float32")
DOUBLES = IMAGES.astype("float64")
BYTES = (RNG.random((2, 7, 9, 3)) * 255).astype("uint8")


def agrees(op, *args, images=(IMAGES, IMAGES[0], DOUBLES), tolerance=1e-5, **kw):
    """Check a call on batches and single images, channels last and first, against real Keras."""
    theirs = getattr(keras.ops.image, op.__name__)
    for x in images:
        for data_format in ("channels_last", "channels_first"):
            y = x if data_format == "channels_last" else np.moveaxis(x, -1, -3).copy()
            same(
                op(y, *args, data_format=data_format, **kw),
                theirs(y, *args, data_format=data_format, **kw),
                tolerance,
            )
    half = IMAGES.astype("float16")
    same(op(half, *args, **kw), op(half.astype("float32"), *args, **kw), 5e-3, dtype=False)


def everywhere(op, *args, file=True, **kwargs):
    """Check a call on symbols, under torch.compile and in files of models, ours and Keras's."""
    symbolic_is_eager(op, *args, **kwargs)
    compiles(op, *args, **kwargs)
    if file:
        reread = same_file_form(op, getattr(keras.ops.image, op.__name__), *args, **kwargs)
        same(reread, op(*args, **kwargs))
