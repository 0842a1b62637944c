"""Layers: what models are made of. Each is a `torch.nn.Module`."""

from kerlite.layers.activation.activation import Activation as Activation
from kerlite.layers.activation.elu import ELU as ELU
from kerlite.layers.activation.leaky_relu import LeakyReLU as LeakyReLU
from kerlite.layers.activation.prelu import PReLU as PReLU
from kerlite.layers.activation.relu import ReLU as ReLU
from kerlite.layers.activation.softmax import Softmax as Softmax
from kerlite.layers.attention.additive_attention import AdditiveAttention as AdditiveAttention
from kerlite.layers.attention.attention import Attention as Attention
from kerlite.layers.attention.group_query_attention import (
    GroupQueryAttention as GroupQueryAttention,
)
from kerlite.layers.attention.multi_head_attention import MultiHeadAttention as MultiHeadAttention
from kerlite.layers.base import Layer as Layer
from kerlite.layers.conv.conv1d import Conv1D as Conv1D
from kerlite.layers.conv.conv1d import Conv1D as Convolution1D
from kerlite.layers.conv.conv1d_transpose import Conv1DTranspose as Conv1DTranspose
from kerlite.layers.conv.conv1d_transpose import Conv1DTranspose as Convolution1DTranspose
from kerlite.layers.conv.conv2d import Conv2D as Conv2D
from kerlite.layers.conv.conv2d import Conv2D as Convolution2D
from kerlite.layers.conv.conv2d_transpose import Conv2DTranspose as Conv2DTranspose
from kerlite.layers.conv.conv2d_transpose import Conv2DTranspose as Convolution2DTranspose
from kerlite.layers.conv.conv3d import Conv3D as Conv3D
from kerlite.layers.conv.conv3d import Conv3D as Convolution3D
from kerlite.layers.conv.conv3d_transpose import Conv3DTranspose as Conv3DTranspose
from kerlite.layers.conv.conv3d_transpose import Conv3DTranspose as Convolution3DTranspose
from kerlite.layers.conv.depthwise_conv1d import DepthwiseConv1D as DepthwiseConv1D
from kerlite.layers.conv.depthwise_conv2d import DepthwiseConv2D as DepthwiseConv2D
from kerlite.layers.conv.separable_conv1d import SeparableConv1D as SeparableConv1D
from kerlite.layers.conv.separable_conv1d import SeparableConv1D as SeparableConvolution1D
from kerlite.layers.conv.separable_conv2d import SeparableConv2D as SeparableConv2D
from kerlite.layers.conv.separable_conv2d import SeparableConv2D as SeparableConvolution2D
from kerlite.layers.core.dense import Dense as Dense
from kerlite.layers.core.einsum_dense import EinsumDense as EinsumDense
from kerlite.layers.core.embedding import Embedding as Embedding
from kerlite.layers.core.identity import Identity as Identity
from kerlite.layers.core.input_layer import Input as Input
from kerlite.layers.core.input_layer import InputLayer as InputLayer
from kerlite.layers.core.lambda_layer import Lambda as Lambda
from kerlite.layers.core.masking import Masking as Masking
from kerlite.layers.core.reversible_embedding import ReversibleEmbedding as ReversibleEmbedding
from kerlite.layers.core.torch_module_wrapper import TorchModuleWrapper as TorchModuleWrapper
from kerlite.layers.core.wrapper import Wrapper as Wrapper
from kerlite.layers.input_spec import InputSpec as InputSpec
from kerlite.layers.merging.add import Add as Add
from kerlite.layers.merging.add import add as add
from kerlite.layers.merging.average import Average as Average
from kerlite.layers.merging.average import average as average
from kerlite.layers.merging.concatenate import Concatenate as Concatenate
from kerlite.layers.merging.concatenate import concatenate as concatenate
from kerlite.layers.merging.dot import Dot as Dot
from kerlite.layers.merging.dot import dot as dot
from kerlite.layers.merging.maximum import Maximum as Maximum
from kerlite.layers.merging.maximum import maximum as maximum
from kerlite.layers.merging.minimum import Minimum as Minimum
from kerlite.layers.merging.minimum import minimum as minimum
from kerlite.layers.merging.multiply import Multiply as Multiply
from kerlite.layers.merging.multiply import multiply as multiply
from kerlite.layers.merging.subtract import Subtract as Subtract
from kerlite.layers.merging.subtract import subtract as subtract
from kerlite.layers.norm.batch_normalization import BatchNormalization as BatchNormalization
from kerlite.layers.norm.group_normalization import GroupNormalization as GroupNormalization
from kerlite.layers.norm.layer_normalization import LayerNormalization as LayerNormalization
from kerlite.layers.norm.rms_normalization import RMSNormalization as RMSNormalization
from kerlite.layers.norm.spectral_normalization import (
    SpectralNormalization as SpectralNormalization,
)
from kerlite.layers.norm.unit_normalization import UnitNormalization as UnitNormalization
from kerlite.layers.pooling.adaptive_average_pooling import (
    AdaptiveAveragePooling1D as AdaptiveAveragePooling1D,
)
from kerlite.layers.pooling.adaptive_average_pooling import (
    AdaptiveAveragePooling2D as AdaptiveAveragePooling2D,
)
from kerlite.layers.pooling.adaptive_average_pooling import (
    AdaptiveAveragePooling3D as AdaptiveAveragePooling3D,
)
from kerlite.layers.pooling.adaptive_max_pooling import AdaptiveMaxPooling1D as AdaptiveMaxPooling1D
from kerlite.layers.pooling.adaptive_max_pooling import AdaptiveMaxPooling2D as AdaptiveMaxPooling2D
from kerlite.layers.pooling.adaptive_max_pooling import AdaptiveMaxPooling3D as AdaptiveMaxPooling3D
from kerlite.layers.pooling.average_pooling import AveragePooling1D as AveragePooling1D
from kerlite.layers.pooling.average_pooling import AveragePooling1D as AvgPool1D
from kerlite.layers.pooling.average_pooling import AveragePooling2D as AveragePooling2D
from kerlite.layers.pooling.average_pooling import AveragePooling2D as AvgPool2D
from kerlite.layers.pooling.average_pooling import AveragePooling3D as AveragePooling3D
from kerlite.layers.pooling.average_pooling import AveragePooling3D as AvgPool3D
from kerlite.layers.pooling.global_average_pooling import (
    GlobalAveragePooling1D as GlobalAveragePooling1D,
)
from kerlite.layers.pooling.global_average_pooling import GlobalAveragePooling1D as GlobalAvgPool1D
from kerlite.layers.pooling.global_average_pooling import (
    GlobalAveragePooling2D as GlobalAveragePooling2D,
)
from kerlite.layers.pooling.global_average_pooling import GlobalAveragePooling2D as GlobalAvgPool2D
from kerlite.layers.pooling.global_average_pooling import (
    GlobalAveragePooling3D as GlobalAveragePooling3D,
)
from kerlite.layers.pooling.global_average_pooling import GlobalAveragePooling3D as GlobalAvgPool3D
from kerlite.layers.pooling.global_max_pooling import GlobalMaxPooling1D as GlobalMaxPool1D
from kerlite.layers.pooling.global_max_pooling import GlobalMaxPooling1D as GlobalMaxPooling1D
from kerlite.layers.pooling.global_max_pooling import GlobalMaxPooling2D as GlobalMaxPool2D
from kerlite.layers.pooling.global_max_pooling import GlobalMaxPooling2D as GlobalMaxPooling2D
from kerlite.layers.pooling.global_max_pooling import GlobalMaxPooling3D as GlobalMaxPool3D
from kerlite.layers.pooling.global_max_pooling import GlobalMaxPooling3D as GlobalMaxPooling3D
from kerlite.layers.pooling.max_pooling import MaxPooling1D as MaxPool1D
from kerlite.layers.pooling.max_pooling import MaxPooling1D as MaxPooling1D
from kerlite.layers.pooling.max_pooling import MaxPooling2D as MaxPool2D
from kerlite.layers.pooling.max_pooling import MaxPooling2D as MaxPooling2D
from kerlite.layers.pooling.max_pooling import MaxPooling3D as MaxPool3D
from kerlite.layers.pooling.max_pooling import MaxPooling3D as MaxPooling3D
from kerlite.layers.preprocessing.rescaling import Rescaling as Rescaling
from kerlite.layers.recurrent.bidirectional import Bidirectional as Bidirectional
from kerlite.layers.recurrent.conv_lstm1d import ConvLSTM1D as ConvLSTM1D
from kerlite.layers.recurrent.conv_lstm2d import ConvLSTM2D as ConvLSTM2D
from kerlite.layers.recurrent.conv_lstm3d import ConvLSTM3D as ConvLSTM3D
from kerlite.layers.recurrent.gru import GRU as GRU
from kerlite.layers.recurrent.gru_cell import GRUCell as GRUCell
from kerlite.layers.recurrent.lstm import LSTM as LSTM
from kerlite.layers.recurrent.lstm_cell import LSTMCell as LSTMCell
from kerlite.layers.recurrent.rnn import RNN as RNN
from kerlite.layers.recurrent.simple_rnn import SimpleRNN as SimpleRNN
from kerlite.layers.recurrent.simple_rnn_cell import SimpleRNNCell as SimpleRNNCell
from kerlite.layers.recurrent.stacked_cells import StackedRNNCells as StackedRNNCells
from kerlite.layers.recurrent.time_distributed import TimeDistributed as TimeDistributed
from kerlite.layers.regularization.activity_regularization import (
    ActivityRegularization as ActivityRegularization,
)
from kerlite.layers.regularization.alpha_dropout import AlphaDropout as AlphaDropout
from kerlite.layers.regularization.dropout import Dropout as Dropout
from kerlite.layers.regularization.gaussian_dropout import GaussianDropout as GaussianDropout
from kerlite.layers.regularization.gaussian_noise import GaussianNoise as GaussianNoise
from kerlite.layers.regularization.spatial_dropout import SpatialDropout1D as SpatialDropout1D
from kerlite.layers.regularization.spatial_dropout import SpatialDropout2D as SpatialDropout2D
from kerlite.layers.regularization.spatial_dropout import SpatialDropout3D as SpatialDropout3D
from kerlite.layers.reshaping.cropping import Cropping1D as Cropping1D
from kerlite.layers.reshaping.cropping import Cropping2D as Cropping2D
from kerlite.layers.reshaping.cropping import Cropping3D as Cropping3D
from kerlite.layers.reshaping.flatten import Flatten as Flatten
from kerlite.layers.reshaping.permute import Permute as Permute
from kerlite.layers.reshaping.repeat_vector import RepeatVector as RepeatVector
from kerlite.layers.reshaping.reshape import Reshape as Reshape
from kerlite.layers.reshaping.up_sampling import UpSampling1D as UpSampling1D
from kerlite.layers.reshaping.up_sampling import UpSampling2D as UpSampling2D
from kerlite.layers.reshaping.up_sampling import UpSampling3D as UpSampling3D
from kerlite.layers.reshaping.zero_padding import ZeroPadding1D as ZeroPadding1D
from kerlite.layers.reshaping.zero_padding import ZeroPadding2D as ZeroPadding2D
from kerlite.layers.reshaping.zero_padding import ZeroPadding3D as ZeroPadding3D
from kerlite.layers.serialization import deserialize as deserialize
from kerlite.layers.serialization import serialize as serialize

__all__ = [
    "ELU",
    "GRU",
    "LSTM",
    "RNN",
    "Activation",
    "ActivityRegularization",
    "AdaptiveAveragePooling1D",
    "AdaptiveAveragePooling2D",
    "AdaptiveAveragePooling3D",
    "AdaptiveMaxPooling1D",
    "AdaptiveMaxPooling2D",
    "AdaptiveMaxPooling3D",
    "Add",
    "AdditiveAttention",
    "AlphaDropout",
    "Attention",
    "Average",
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "AvgPool1D",
    "AvgPool2D",
    "AvgPool3D",
    "BatchNormalization",
    "Bidirectional",
    "Concatenate",
    "Conv1D",
    "Conv1DTranspose",
    "Conv2D",
    "Conv2DTranspose",
    "Conv3D",
    "Conv3DTranspose",
    "ConvLSTM1D",
    "ConvLSTM2D",
    "ConvLSTM3D",
    "Convolution1D",
    "Convolution1DTranspose",
    "Convolution2D",
    "Convolution2DTranspose",
    "Convolution3D",
    "Convolution3DTranspose",
    "Cropping1D",
    "Cropping2D",
    "Cropping3D",
    "Dense",
    "DepthwiseConv1D",
    "DepthwiseConv2D",
    "Dot",
    "Dropout",
    "EinsumDense",
    "Embedding",
    "Flatten",
    "GRUCell",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalAvgPool3D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPool3D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GlobalMaxPooling3D",
    "GroupNormalization",
    "GroupQueryAttention",
    "Identity",
    "Input",
    "InputLayer",
    "InputSpec",
    "LSTMCell",
    "Lambda",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Masking",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPool3D",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
    "Maximum",
    "Minimum",
    "MultiHeadAttention",
    "Multiply",
    "PReLU",
    "Permute",
    "RMSNormalization",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "ReversibleEmbedding",
    "SeparableConv1D",
    "SeparableConv2D",
    "SeparableConvolution1D",
    "SeparableConvolution2D",
    "SimpleRNN",
    "SimpleRNNCell",
    "Softmax",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "SpectralNormalization",
    "StackedRNNCells",
    "Subtract",
    "TimeDistributed",
    "TorchModuleWrapper",
    "UnitNormalization",
    "UpSampling1D",
    "UpSampling2D",
    "UpSampling3D",
    "Wrapper",
    "ZeroPadding1D",
    "ZeroPadding2D",
    "ZeroPadding3D",
    "add",
    "average",
    "concatenate",
    "deserialize",
    "dot",
    "maximum",
    "minimum",
    "multiply",
    "serialize",
    "subtract",
]
