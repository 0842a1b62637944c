"""Settings of the process; see `kerlite.core.config` for what each means.

Source: keras.config. `set_device` and `device` are kerlite's.
"""

from __future__ import annotations

from kerlite.core.config import backend as backend
from kerlite.core.config import device as device
from kerlite.core.config import disable_flash_attention as disable_flash_attention
from kerlite.core.config import disable_interactive_logging as disable_interactive_logging
from kerlite.core.config import disable_traceback_filtering as disable_traceback_filtering
from kerlite.core.config import enable_flash_attention as enable_flash_attention
from kerlite.core.config import enable_interactive_logging as enable_interactive_logging
from kerlite.core.config import enable_traceback_filtering as enable_traceback_filtering
from kerlite.core.config import enable_unsafe_deserialization as enable_unsafe_deserialization
from kerlite.core.config import epsilon as epsilon
from kerlite.core.config import floatx as floatx
from kerlite.core.config import image_data_format as image_data_format
from kerlite.core.config import is_flash_attention_enabled as is_flash_attention_enabled
from kerlite.core.config import is_interactive_logging_enabled as is_interactive_logging_enabled
from kerlite.core.config import is_nnx_enabled as is_nnx_enabled
from kerlite.core.config import is_traceback_filtering_enabled as is_traceback_filtering_enabled
from kerlite.core.config import max_epochs as max_epochs
from kerlite.core.config import max_steps_per_epoch as max_steps_per_epoch
from kerlite.core.config import set_backend as set_backend
from kerlite.core.config import set_device as set_device
from kerlite.core.config import set_epsilon as set_epsilon
from kerlite.core.config import set_floatx as set_floatx
from kerlite.core.config import set_image_data_format as set_image_data_format
from kerlite.core.config import set_max_epochs as set_max_epochs
from kerlite.core.config import set_max_steps_per_epoch as set_max_steps_per_epoch
from kerlite.core.policy import dtype_policy as dtype_policy
from kerlite.core.policy import set_dtype_policy as set_dtype_policy

__all__ = [
    "backend",
    "device",
    "disable_flash_attention",
    "disable_interactive_logging",
    "disable_traceback_filtering",
    "dtype_policy",
    "enable_flash_attention",
    "enable_interactive_logging",
    "enable_traceback_filtering",
    "enable_unsafe_deserialization",
    "epsilon",
    "floatx",
    "image_data_format",
    "is_flash_attention_enabled",
    "is_interactive_logging_enabled",
    "is_nnx_enabled",
    "is_traceback_filtering_enabled",
    "max_epochs",
    "max_steps_per_epoch",
    "set_backend",
    "set_device",
    "set_dtype_policy",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "set_max_epochs",
    "set_max_steps_per_epoch",
]
