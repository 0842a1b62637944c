"""LoRA: adapting a trained layer by a product of two small matrices, and merging it back."""
