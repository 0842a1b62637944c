"""What training minimizes: functions of (y_true, y_pred), and classes that reduce them.

Names work as strings wherever a loss is wanted ("mse", "mean_squared_error", "MeanSquaredError"). A
plain function is called with (y_true, y_pred), as in Keras; a torch module or a function of
torch.nn.functional with (y_pred, y_true), as in PyTorch.
"""

from kerlite.losses.base import Loss as Loss
from kerlite.losses.classification import BinaryCrossentropy as BinaryCrossentropy
from kerlite.losses.classification import CategoricalCrossentropy as CategoricalCrossentropy
from kerlite.losses.classification import (
    SparseCategoricalCrossentropy as SparseCategoricalCrossentropy,
)
from kerlite.losses.classification import binary_crossentropy as binary_crossentropy
from kerlite.losses.classification import categorical_crossentropy as categorical_crossentropy
from kerlite.losses.classification import (
    sparse_categorical_crossentropy as sparse_categorical_crossentropy,
)
from kerlite.losses.lookup import deserialize as deserialize
from kerlite.losses.lookup import get as get
from kerlite.losses.lookup import serialize as serialize
from kerlite.losses.regression import Huber as Huber
from kerlite.losses.regression import LogCosh as LogCosh
from kerlite.losses.regression import MeanAbsoluteError as MeanAbsoluteError
from kerlite.losses.regression import MeanAbsolutePercentageError as MeanAbsolutePercentageError
from kerlite.losses.regression import MeanSquaredError as MeanSquaredError
from kerlite.losses.regression import MeanSquaredLogarithmicError as MeanSquaredLogarithmicError
from kerlite.losses.regression import huber as huber
from kerlite.losses.regression import log_cosh as log_cosh
from kerlite.losses.regression import mean_absolute_error as mean_absolute_error
from kerlite.losses.regression import (
    mean_absolute_percentage_error as mean_absolute_percentage_error,
)
from kerlite.losses.regression import mean_squared_error as mean_squared_error
from kerlite.losses.regression import (
    mean_squared_logarithmic_error as mean_squared_logarithmic_error,
)

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Huber",
    "LogCosh",
    "Loss",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "SparseCategoricalCrossentropy",
    "binary_crossentropy",
    "categorical_crossentropy",
    "deserialize",
    "get",
    "huber",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "serialize",
    "sparse_categorical_crossentropy",
]
