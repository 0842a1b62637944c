"""Arguments out of range, and what the messages say."""

import pytest

from kerlite import optimizers
from kerlite.optimizers import schedules


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"learning_rate": -0.1}, r"must not be negative. Received: learning_rate=-0.1"),
        ({"learning_rate": float("nan")}, r"must not be negative"),
        ({"learning_rate": "fast"}, r"should be float.*learning_rate='fast'"),
        ({"learning_rate": None}, r"should be float.*learning_rate=None"),
        ({"learning_rate": [0.1]}, r"should be float"),
        ({"learning_rate": True}, r"should be float"),
        ({"learning_rate": schedules.CosineDecay}, r"should be float"),
        ({"clipnorm": 1.0, "clipvalue": 2.0}, r"Only one of.*clipnorm=1.0, clipvalue=2.0"),
        ({"clipnorm": 1.0, "global_clipnorm": 2.0}, r"Only one of.*global_clipnorm=2.0"),
        ({"clipvalue": -1.0}, r"`clipvalue` must be a number that is not negative.*-1.0"),
        ({"weight_decay": -1.0}, r"`weight_decay` must be a number that is not negative"),
        ({"loss_scale_factor": 0.0}, r"`loss_scale_factor` must be positive"),
        ({"gradient_accumulation_steps": 1}, r"must be an integer >= 2. Received: .*=1"),
        ({"gradient_accumulation_steps": 2.5}, r"must be an integer >= 2"),
        ({"use_ema": True, "ema_momentum": 1.5}, r"in the range \[0, 1\]. .*ema_momentum=1.5"),
        ({"use_ema": True, "ema_overwrite_frequency": 0.5}, r"must be an integer >= 1 or None"),
        ({"lr": 0.1}, r"not recognized: {'lr': 0.1}. The learning rate is called `learning_rate`"),
        ({"speed": 0.1}, r"Argument\(s\) not recognized: {'speed': 0.1}"),
    ],
)
@pytest.mark.parametrize("cls", [optimizers.SGD, optimizers.AdamW])
def test_bad_arguments(cls, arguments, message):
    with pytest.raises(ValueError, match=message):
        cls(**arguments)


def test_arguments_of_single_optimizers():
    with pytest.raises(ValueError, match=r"`momentum` must be a float between \[0, 1\].*1.5"):
        optimizers.SGD(momentum=1.5)
    with pytest.raises(ValueError, match=r"`weight_decay` must be a float. Received.*None"):
        optimizers.AdamW(weight_decay=None)


def test_keras_2s_decay_is_passed_over_with_a_warning():
    with pytest.warns(UserWarning, match=r"`decay` is no longer supported.*InverseTimeDecay"):
        optimizers.SGD(0.01, decay=1e-6, momentum=0.9, nesterov=True)
