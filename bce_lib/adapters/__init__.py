"""The loss as other libraries have it: with their signature, in their training loops, and right in both tails.

An adapter is imported by its own name, as in ``from bce_lib.adapters.torch import BCEWithLogitsLoss``, and nothing is
loaded until then. Both compute with the kernels of the core.
"""
