"""Keras's backend namespace: number types, settings and names.

Source: keras.backend.
"""

from kerlite.core.config import backend as backend
from kerlite.core.config import epsilon as epsilon
from kerlite.core.config import floatx as floatx
from kerlite.core.config import image_data_format as image_data_format
from kerlite.core.config import set_epsilon as set_epsilon
from kerlite.core.config import set_floatx as set_floatx
from kerlite.core.config import set_image_data_format as set_image_data_format
from kerlite.core.dtypes import is_float as is_float_dtype
from kerlite.core.dtypes import is_int as is_int_dtype
from kerlite.core.dtypes import result_type as result_type
from kerlite.core.dtypes import standardize_dtype as standardize_dtype
from kerlite.core.names import get_uid as get_uid
from kerlite.core.tensor import is_keras_tensor as is_keras_tensor
from kerlite.utils.session import clear_session as clear_session

__all__ = [
    "backend",
    "clear_session",
    "epsilon",
    "floatx",
    "get_uid",
    "image_data_format",
    "is_float_dtype",
    "is_int_dtype",
    "is_keras_tensor",
    "result_type",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "standardize_dtype",
]
