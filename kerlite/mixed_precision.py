"""Mixed precision: compute in 16 bits, keep the weights in 32, under the names of Keras 2.

`set_global_policy("mixed_bfloat16")` is all that is needed. For "mixed_float16" `compile` wraps the
optimizer in a `LossScaleOptimizer`, unless `auto_scale_loss=False`.

Source: keras.mixed_precision.
"""

from __future__ import annotations

from kerlite.core.policy import DTypePolicy as DTypePolicy
from kerlite.core.policy import DTypePolicy as Policy
from kerlite.core.policy import dtype_policy as dtype_policy
from kerlite.core.policy import dtype_policy as global_policy
from kerlite.core.policy import set_dtype_policy as set_dtype_policy
from kerlite.core.policy import set_dtype_policy as set_global_policy
from kerlite.optimizers.loss_scale_optimizer import LossScaleOptimizer as LossScaleOptimizer

__all__ = [
    "DTypePolicy",
    "LossScaleOptimizer",
    "Policy",
    "dtype_policy",
    "global_policy",
    "set_dtype_policy",
    "set_global_policy",
]
