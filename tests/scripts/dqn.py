"""Deep Q-learning on a small grid: a target network, a replay buffer, a loop of one's own."""

from collections import deque

import keras
import numpy as np
import torch
from keras import layers

keras.utils.set_random_seed(42)
size, num_actions, gamma = 4, 4, 0.9
moves = [(-1, 0), (1, 0), (0, -1), (0, 1)]


class Grid:
    def reset(self):
        self.position, self.steps = (0, 0), 0
        return self.state()

    def state(self):
        state = np.zeros((size, size), "float32")
        state[self.position] = 1
        return state.reshape(-1)

    def step(self, action):
        row, column = (
            np.clip(p + m, 0, size - 1) for p, m in zip(self.position, moves[action], strict=True)
        )
        self.position, self.steps = (int(row), int(column)), self.steps + 1
        done = self.position == (size - 1, size - 1)
        return self.state(), 1.0 if done else -0.05, done or self.steps >= 40


def create_q_model():
    return keras.Sequential(
        [
            layers.Input(shape=(size * size,)),
            layers.Dense(32, activation="relu"),
            layers.Dense(num_actions, activation="linear"),
        ]
    )


model, model_target = create_q_model(), create_q_model()
model_target.set_weights(model.get_weights())
optimizer = keras.optimizers.Adam(learning_rate=0.01, clipnorm=1.0)
loss_function = keras.losses.Huber()
memory = deque(maxlen=2000)
env, rng, frame, losses = Grid(), np.random.default_rng(0), 0, []

for episode in range(40):
    state, done = env.reset(), False
    while not done:
        frame += 1
        if rng.random() < max(0.1, 1 - episode / 20):
            action = int(rng.integers(num_actions))
        else:
            with torch.no_grad():
                action_probs = model(torch.from_numpy(state)[None], training=False)
            action = int(torch.argmax(action_probs[0]))
        state_next, reward, done = env.step(action)
        memory.append((state, action, reward, state_next, float(done)))
        state = state_next
        if frame % 4 == 0 and len(memory) > 32:
            chosen = [memory[i] for i in rng.integers(0, len(memory), 32)]
            states, actions, rewards, next_states, dones = (
                np.array(column, dtype="int64" if i == 1 else "float32")
                for i, column in enumerate(zip(*chosen, strict=True))
            )
            future_rewards = model_target.predict(next_states, verbose=0)
            updated_q_values = rewards + gamma * np.max(future_rewards, axis=1) * (1 - dones)
            masks = torch.nn.functional.one_hot(torch.from_numpy(actions), num_actions)
            q_values = model(states)
            q_action = torch.sum(q_values * masks, dim=1)
            loss = loss_function(torch.from_numpy(updated_q_values), q_action)
            model.zero_grad()
            loss.backward()
            grads = [v.value.grad for v in model.trainable_variables]
            with torch.no_grad():
                optimizer.apply_gradients(zip(grads, model.trainable_variables, strict=True))
            losses.append(float(loss.detach()))
        if frame % 100 == 0:
            model_target.set_weights(model.get_weights())

assert np.mean(losses[-10:]) < 1
state, total, done = env.reset(), 0, False
while not done:
    action = int(model.predict(state[None], verbose=0)[0].argmax())
    state, reward, done = env.step(action)
    total += reward

# a soft update, weight by weight
tau = 0.25
before = [w.copy() for w in model_target.get_weights()]
for a, b in zip(model_target.variables, model.variables, strict=True):
    a.assign(b * tau + a * (1 - tau))
for old, new, own in zip(before, model_target.get_weights(), model.get_weights(), strict=True):
    assert np.allclose(new, own * tau + old * (1 - tau), atol=1e-5)

results = {
    "shapes": [list(v.shape) for v in model.variables],
    "updates": int(optimizer.iterations) == len(losses),
    "finite": bool(np.isfinite(losses).all()),
    "parameters": model.count_params(),
    "total": [isinstance(total, float)],
}
