"""Settings: defaults, and the limits that come from the environment."""

from kerlite.core.settings import Settings


def test_limits_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("KERAS_MAX_EPOCHS", "3")
    monkeypatch.setenv("KERAS_MAX_STEPS_PER_EPOCH", "")
    settings = Settings()
    settings.reset()
    assert settings.max_epochs == 3
    assert settings.max_steps_per_epoch is None


def test_reset(monkeypatch):
    monkeypatch.delenv("KERAS_MAX_EPOCHS", raising=False)
    settings = Settings(floatx="float64", max_epochs=9)
    settings.reset()
    assert settings == Settings()
