"""Layers: what models are made of. Each is a `torch.nn.Module`."""

from kerlite.layers.activation.activation import Activation as Activation
from kerlite.layers.activation.elu import ELU as ELU
from kerlite.layers.activation.leaky_relu import LeakyReLU as LeakyReLU
from kerlite.layers.activation.prelu import PReLU as PReLU
from kerlite.layers.activation.relu import ReLU as ReLU
from kerlite.layers.activation.softmax import Softmax as Softmax
from kerlite.layers.base import Layer as Layer
from kerlite.layers.conv.conv import Conv2D as Conv2D
from kerlite.layers.conv.conv import Conv2D as Convolution2D
from kerlite.layers.core.dense import Dense as Dense
from kerlite.layers.core.embedding import Embedding as Embedding
from kerlite.layers.core.identity import Identity as Identity
from kerlite.layers.core.input_layer import Input as Input
from kerlite.layers.core.input_layer import InputLayer as InputLayer
from kerlite.layers.core.lambda_layer import Lambda as Lambda
from kerlite.layers.core.torch_module_wrapper import TorchModuleWrapper as TorchModuleWrapper
from kerlite.layers.input_spec import InputSpec as InputSpec
from kerlite.layers.merging.add import Add as Add
from kerlite.layers.merging.add import add as add
from kerlite.layers.merging.average import Average as Average
from kerlite.layers.merging.average import average as average
from kerlite.layers.merging.concatenate import Concatenate as Concatenate
from kerlite.layers.merging.concatenate import concatenate as concatenate
from kerlite.layers.merging.maximum import Maximum as Maximum
from kerlite.layers.merging.maximum import maximum as maximum
from kerlite.layers.merging.minimum import Minimum as Minimum
from kerlite.layers.merging.minimum import minimum as minimum
from kerlite.layers.merging.multiply import Multiply as Multiply
from kerlite.layers.merging.multiply import multiply as multiply
from kerlite.layers.merging.subtract import Subtract as Subtract
from kerlite.layers.merging.subtract import subtract as subtract
from kerlite.layers.norm.batch_normalization import BatchNormalization as BatchNormalization
from kerlite.layers.norm.layer_normalization import LayerNormalization as LayerNormalization
from kerlite.layers.pooling.average_pooling import AveragePooling2D as AveragePooling2D
from kerlite.layers.pooling.average_pooling import AveragePooling2D as AvgPool2D
from kerlite.layers.pooling.global_average_pooling import (
    GlobalAveragePooling2D as GlobalAveragePooling2D,
)
from kerlite.layers.pooling.global_average_pooling import GlobalAveragePooling2D as GlobalAvgPool2D
from kerlite.layers.pooling.global_max_pooling import GlobalMaxPooling2D as GlobalMaxPool2D
from kerlite.layers.pooling.global_max_pooling import GlobalMaxPooling2D as GlobalMaxPooling2D
from kerlite.layers.pooling.max_pooling import MaxPooling2D as MaxPool2D
from kerlite.layers.pooling.max_pooling import MaxPooling2D as MaxPooling2D
from kerlite.layers.preprocessing.rescaling import Rescaling as Rescaling
from kerlite.layers.regularization.dropout import Dropout as Dropout
from kerlite.layers.reshaping.flatten import Flatten as Flatten
from kerlite.layers.reshaping.permute import Permute as Permute
from kerlite.layers.reshaping.reshape import Reshape as Reshape
from kerlite.layers.serialization import deserialize as deserialize
from kerlite.layers.serialization import serialize as serialize

__all__ = [
    "ELU",
    "Activation",
    "Add",
    "Average",
    "AveragePooling2D",
    "AvgPool2D",
    "BatchNormalization",
    "Concatenate",
    "Conv2D",
    "Convolution2D",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "GlobalAveragePooling2D",
    "GlobalAvgPool2D",
    "GlobalMaxPool2D",
    "GlobalMaxPooling2D",
    "Identity",
    "Input",
    "InputLayer",
    "InputSpec",
    "Lambda",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "MaxPool2D",
    "MaxPooling2D",
    "Maximum",
    "Minimum",
    "Multiply",
    "PReLU",
    "Permute",
    "ReLU",
    "Rescaling",
    "Reshape",
    "Softmax",
    "Subtract",
    "TorchModuleWrapper",
    "add",
    "average",
    "concatenate",
    "deserialize",
    "maximum",
    "minimum",
    "multiply",
    "serialize",
    "subtract",
]
