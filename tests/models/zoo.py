"""Functional models of every shape, written once for real Keras and for kerlite."""

from __future__ import annotations


def chain(k):
    x = k.Input((4,), name="x")
    y = k.layers.Dense(5, activation="relu", name="one")(x)
    return k.Model(x, k.layers.Dense(3, name="two")(y))


def residual(k):
    x = k.Input((4,), name="x")
    y = x
    for i in range(3):
        z = k.layers.Dense(4, activation="tanh", name=f"d{i}")(y)
        y = k.layers.Add(name=f"add{i}")([y, z])
    return k.Model(x, y)


def many_inputs(k):
    a, b, c = k.Input((3,), name="a"), k.Input((2,), name="b"), k.Input((4,), name="c")
    left = k.layers.Dense(4, name="left")(b)
    right = k.layers.Dense(4, name="right")(a)
    both = k.layers.Concatenate(name="cat")([right, left, c])
    return k.Model([a, b, c], k.layers.Dense(2, name="out")(both))


def many_outputs(k):
    x = k.Input((4,), name="x")
    trunk = k.layers.Dense(6, name="trunk")(x)
    deep = k.layers.Dense(5, name="deep")(k.layers.Dense(5, name="deeper")(trunk))
    shallow = k.layers.Dense(1, name="shallow")(trunk)
    return k.Model(x, [shallow, deep, trunk])


def shared(k):
    layer = k.layers.Dense(3, name="shared")
    a, b = k.Input((4,), name="a"), k.Input((4,), name="b")
    both = k.layers.Add(name="add")([layer(a), layer(b)])
    return k.Model([a, b], k.layers.Dense(2, name="out")(both))


def shared_at_two_depths(k):
    layer = k.layers.Dense(4, name="shared")
    x = k.Input((4,), name="x")
    first = layer(x)
    between = k.layers.Dense(4, name="between")(first)
    return k.Model(x, k.layers.Add(name="add")([layer(between), first]))


def nested(k):
    inner_x = k.Input((4,), name="inner_x")
    inner_y = k.layers.Dense(3, name="inner_dense")(inner_x)
    inner = k.Model(inner_x, inner_y, name="inner")
    x = k.Input((4,), name="x")
    before = k.layers.Dense(4, name="before")(x)
    return k.Model(x, k.layers.Dense(2, name="after")(inner(before)))


def nested_twice(k):
    inner = nested(k)
    x, z = k.Input((4,), name="outer_x"), k.Input((4,), name="outer_z")
    both = k.layers.Concatenate(name="outer_cat")([inner(x), inner(z)])
    return k.Model([z, x], k.layers.Dense(2, name="outer_out")(both))


def sequential_inside(k):
    inner = k.Sequential(
        [k.layers.Dense(3, name="s1"), k.layers.BatchNormalization(name="s2")], name="seq"
    )
    x = k.Input((4,), name="x")
    return k.Model(x, k.layers.Dense(1, name="out")(inner(x)))


def dicts(k):
    a, b = k.Input((3,), name="a"), k.Input((3,), name="b")
    both = k.layers.Add(name="add")([a, b])
    return k.Model(
        {"a": a, "b": b},
        {"sum": k.layers.Dense(2, name="s")(both), "left": k.layers.Dense(1, name="l")(a)},
    )


def diamond(k):
    x = k.Input((4,), name="x")
    top = k.layers.Dense(4, name="top")(x)
    left = k.layers.Dense(4, name="left")(top)
    right = k.layers.Dense(4, name="right1")(top)
    right = k.layers.Dense(4, name="right2")(right)
    return k.Model(x, k.layers.Multiply(name="mul")([right, left]))


def unused_input(k):
    x, unused = k.Input((4,), name="x"), k.Input((4,), name="unused")
    return k.Model([unused, x], k.layers.Dense(2, name="d")(x))


def images(k):
    x = k.Input((8, 8, 3), name="image")
    y = k.layers.Rescaling(1 / 255, name="rescale")(x)
    y = k.layers.Conv2D(4, 3, padding="same", name="conv")(y)
    y = k.layers.BatchNormalization(name="norm")(y)
    y = k.layers.Activation("relu", name="relu")(y)
    skip = k.layers.Conv2D(4, 1, name="skip")(x)
    y = k.layers.Add(name="add")([y, skip])
    y = k.layers.MaxPooling2D(name="pool")(y)
    y = k.layers.Flatten(name="flat")(y)
    return k.Model(x, k.layers.Dense(3, activation="softmax", name="out")(y))


def intermediate(k):
    whole = chain(k)
    return k.Model(whole.get_layer("one").output, whole.output)


ZOO = [
    chain, residual, many_inputs, many_outputs, shared, shared_at_two_depths, nested, nested_twice,
    sequential_inside, dicts, diamond, unused_input, images, intermediate,
]  # fmt: skip
