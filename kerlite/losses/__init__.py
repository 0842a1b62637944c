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
from kerlite.losses.focal import BinaryFocalCrossentropy as BinaryFocalCrossentropy
from kerlite.losses.focal import CategoricalFocalCrossentropy as CategoricalFocalCrossentropy
from kerlite.losses.focal import binary_focal_crossentropy as binary_focal_crossentropy
from kerlite.losses.focal import categorical_focal_crossentropy as categorical_focal_crossentropy
from kerlite.losses.lookup import deserialize as deserialize
from kerlite.losses.lookup import get as get
from kerlite.losses.lookup import serialize as serialize
from kerlite.losses.margin import CategoricalHinge as CategoricalHinge
from kerlite.losses.margin import Hinge as Hinge
from kerlite.losses.margin import SquaredHinge as SquaredHinge
from kerlite.losses.margin import categorical_hinge as categorical_hinge
from kerlite.losses.margin import hinge as hinge
from kerlite.losses.margin import squared_hinge as squared_hinge
from kerlite.losses.noise_robust import (
    CategoricalGeneralizedCrossEntropy as CategoricalGeneralizedCrossEntropy,
)
from kerlite.losses.noise_robust import (
    categorical_generalized_cross_entropy as categorical_generalized_cross_entropy,
)
from kerlite.losses.probabilistic import KLDivergence as KLDivergence
from kerlite.losses.probabilistic import Poisson as Poisson
from kerlite.losses.probabilistic import kl_divergence as kl_divergence
from kerlite.losses.probabilistic import poisson as poisson
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
from kerlite.losses.segmentation import Dice as Dice
from kerlite.losses.segmentation import Tversky as Tversky
from kerlite.losses.segmentation import dice as dice
from kerlite.losses.segmentation import tversky as tversky
from kerlite.losses.sequence import CTC as CTC
from kerlite.losses.sequence import ctc as ctc
from kerlite.losses.similarity import Circle as Circle
from kerlite.losses.similarity import CosineSimilarity as CosineSimilarity
from kerlite.losses.similarity import circle as circle
from kerlite.losses.similarity import cosine_similarity as cosine_similarity

__all__ = [
    "CTC",
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalGeneralizedCrossEntropy",
    "CategoricalHinge",
    "Circle",
    "CosineSimilarity",
    "Dice",
    "Hinge",
    "Huber",
    "KLDivergence",
    "LogCosh",
    "Loss",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "Tversky",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_generalized_cross_entropy",
    "categorical_hinge",
    "circle",
    "cosine_similarity",
    "ctc",
    "deserialize",
    "dice",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "poisson",
    "serialize",
    "sparse_categorical_crossentropy",
    "squared_hinge",
    "tversky",
]
